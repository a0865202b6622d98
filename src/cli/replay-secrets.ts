import process from 'node:process';
import {secretsOf} from '../replay/needs.js';
import type {Tape} from '../replay/tape.js';
import {UsageError} from './command.js';
import {readPassword} from './replace/secrets.js';
import {Keyboard} from './upload/keyboard.js';

/** The secrets of a tape: from files, else from the environment, else asked for at the terminal. One may stay missing. */
export async function secretsFor(tape: Tape, files: readonly string[]): Promise<Record<string, string>> {
	const named = new Map(files.map(setting => fileOf(setting)));
	const keyboard = new Keyboard();
	const secrets: Record<string, string> = {};
	for (const name of secretsOf(tape)) {
		const file = named.get(name);
		const given = file === undefined ? process.env[name] : await readPassword('--secret-file', file);
		const secret = given ?? (process.stdin.isTTY ? await keyboard.line(`${name}: `, true) : undefined);
		if (secret !== undefined) {
			secrets[name] = secret;
		}
	}

	return secrets;
}

function fileOf(setting: string): [name: string, file: string] {
	const [, name, file] = /^(\w+)=(.+)$/.exec(setting) ?? [];
	if (name === undefined || file === undefined) {
		throw new UsageError(`--secret-file ${setting}: it must be NAME=FILE.`);
	}

	return [name, file];
}
