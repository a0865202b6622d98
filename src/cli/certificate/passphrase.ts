import process from 'node:process';
import {Keyboard} from '../upload/keyboard.js';
import {Problem} from '../../problem.js';

let lines: string[] | undefined;

/** One for all questions: what is typed ahead is kept for the next. */
const keyboard = new Keyboard();

/** Asks for the passphrase of a file without showing it; without a terminal, each is a line of standard input. */
export async function askPassphrase(name: string): Promise<string> {
	if (process.stdin.isTTY) {
		const typed = await keyboard.line(`Passphrase of ${name}: `, true);
		if (typed !== undefined) {
			return typed;
		}
	} else {
		lines ??= await linesOfInput();
		const line = lines.shift();
		if (line !== undefined) {
			return line;
		}
	}

	throw new Problem('no-passphrase', `The passphrase of ${name} is missing.`, 'Type it, or give it as a line of standard input.');
}

async function linesOfInput(): Promise<string[]> {
	const chunks: Buffer[] = [];
	for await (const chunk of process.stdin) {
		chunks.push(chunk as Buffer);
	}

	const text = Buffer.concat(chunks).toString();
	return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
