import os from 'node:os';
import process from 'node:process';
import {openPty} from '../../src/replay/pty.js';
import type {Program} from '../../src/replay/program.js';
import {Output} from './output.js';

/** Ink ends each frame with this (synchronized output, mode 2026). */
export const endOfFrame = '\u001B[?2026l';

/** How long a program may take to end after its terminal hung up, in milliseconds. */
const hangUpMs = 5000;

export type Terminal = Program & {output: Output};

/** Starts a program on a pseudo-terminal of 80 by 24. */
export function openTerminal(command: string, words: string[], environment: Record<string, string> = {}): Terminal {
	const inherited = {PATH: process.env['PATH'] ?? '', HOME: os.homedir(), TMPDIR: os.tmpdir(), TERM: 'xterm-256color'};
	const program = openPty(command, words, os.tmpdir(), {columns: 80, rows: 24, environment: {...inherited, ...environment}}, hangUpMs);
	const output = new Output();
	program.onData(text => {
		output.add(text);
	});
	program.onExit(code => {
		output.end(`the program ended with ${code}`);
	});
	return Object.assign(program, {output});
}
