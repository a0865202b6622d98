// What a tape needs before its first command.
import {access, constants} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {Problem} from '../problem.js';
import type {Command, Tape} from './tape.js';
import {stateOf} from './unchanged.js';

/** Rejects with Problem `tape-require` for a program that is not installed, or `tape-secret` for a secret that is missing. */
export async function assertComplete({name, commands}: Tape, {secrets = {}}: {secrets?: Record<string, string>}): Promise<void> {
	for (const command of commands) {
		const place = `${command.tape ?? name}:${command.line}`;
		if (command.do === 'require' && !(await isInstalled(command.program))) {
			throw new Problem('tape-require', `${place}: ${command.program} is not installed.`, 'Install it, or play the tape elsewhere.');
		}

		if (command.do === 'secret' && !Object.hasOwn(secrets, command.name)) {
			throw new Problem('tape-secret', `${place}: the secret ${command.name} is missing.`, 'Set it in the environment, or type it.');
		}
	}
}

/** The files that `Output` names and whose names match. */
export function outputsOf(commands: readonly Command[], name: RegExp): string[] {
	return commands.flatMap(command => (command.do === 'output' && name.test(command.file) ? [command.file] : []));
}

/** The names of the secrets of a tape. */
export function secretsOf({commands}: Tape): string[] {
	return [...new Set(commands.flatMap(command => (command.do === 'secret' ? [command.name] : [])))];
}

/** The states of the files that must stay unchanged. */
export async function statesOf(commands: readonly Command[]): Promise<Map<string, string>> {
	const states = new Map<string, string>();
	for (const command of commands) {
		if (command.do === 'unchanged') {
			states.set(command.path, await stateOf(command.path));
		}
	}

	return states;
}

async function isInstalled(program: string): Promise<boolean> {
	const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(path.delimiter);
	const found = await Promise.all(
		folders.map(async folder =>
			access(path.join(folder, program), constants.X_OK).then(
				() => true,
				() => false,
			),
		),
	);
	return found.includes(true);
}
