// Reads lines from a terminal, with or without echo. Input that is typed ahead is kept for the next question.
import process from 'node:process';
import {StringDecoder} from 'node:string_decoder';
import {Problem} from '../../problem.js';

const enter = /^[\r\n]$/;
const [interrupt, end, eraseLine] = ['\u0003', '\u0004', '\u0015'];
const erase = /^[\b\u007F]$/;

export class Keyboard {
	readonly #decoder = new StringDecoder('utf8');
	readonly #waiting: string[] = [];

	/** Asks and reads a line. Resolves with undefined at Ctrl+D or the end of input. Rejects with Problem `given-up` at Ctrl+C. */
	async line(question: string, hidden: boolean): Promise<string | undefined> {
		process.stdin.setRawMode(true); // Before the question: what is typed as soon as it is seen must not be shown by the terminal.
		process.stderr.write(question);
		try {
			return await this.#line(hidden);
		} finally {
			process.stdin.setRawMode(false);
			process.stdin.pause();
			process.stderr.write('\n');
		}
	}

	async #line(hidden: boolean): Promise<string | undefined> {
		const typed: string[] = [];
		for (;;) {
			const key = await this.#key();
			if (key === undefined || (key === end && typed.length === 0)) {
				return undefined;
			}

			if (enter.test(key)) {
				return typed.join('');
			}

			this.#apply(key, typed, text => {
				if (!hidden) {
					process.stderr.write(text);
				}
			});
		}
	}

	#apply(key: string, typed: string[], show: (text: string) => void): void {
		if (key === interrupt) {
			throw new Problem('given-up', 'Cancelled.', '');
		}

		if (key === eraseLine) {
			show('\b \b'.repeat(typed.length));
			typed.length = 0;
		} else if (erase.test(key)) {
			show(typed.pop() === undefined ? '' : '\b \b');
		} else if (!/\p{C}/u.test(key)) {
			typed.push(key);
			show(key);
		}
	}

	async #key(): Promise<string | undefined> {
		while (this.#waiting.length === 0) {
			const chunk = await nextChunk();
			if (chunk === undefined) {
				return undefined;
			}

			this.#waiting.push(...this.#decoder.write(chunk));
		}

		return this.#waiting.shift();
	}
}

async function nextChunk(): Promise<Buffer | undefined> {
	const {promise, resolve} = Promise.withResolvers<Buffer | undefined>();
	const atEnd = () => resolve(undefined);
	process.stdin.once('data', resolve).once('end', atEnd).resume();
	const chunk = await promise;
	process.stdin.off('end', atEnd).off('data', resolve).pause();
	return chunk;
}
