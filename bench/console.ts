import process from 'node:process';
import {openPty} from '../src/replay/pty.js';
import type {Program} from '../src/replay/program.js';
import {packageRoot} from '../src/services/package-root.js';

/** Ink ends each frame with this (synchronized output, mode 2026). */
export const endOfFrame = '\u001B[?2026l';

/** Starts a program of this Node on a pseudo-terminal of 80 by 24. */
export function onPty(words: string[], environment: Record<string, string> = {}): Program {
	return openPty(
		process.execPath,
		words,
		packageRoot(),
		{
			columns: 80,
			rows: 24,
			environment: {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TERM: 'xterm-256color', ...environment},
		},
		5000,
	);
}

/** Hands over all that the program has written so far, each time that it writes, until `isEnough`. */
export async function until(program: Program, isEnough: (text: string) => boolean): Promise<void> {
	let text = '';
	await new Promise<void>(resolve => {
		program.onData(part => {
			text += part;
			if (isEnough(text)) {
				resolve();
			}
		});
	});
}
