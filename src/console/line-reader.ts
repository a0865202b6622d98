// Reads lines from a stream of bytes: typed at a terminal that cannot move its cursor, or written by a program.
import type {Readable, Writable} from 'node:stream';
import {splitKeys, type Key} from './keys.js';
import {maxAnswerLength} from './limits.js';
import {editLine, type EditedLine} from './line.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** What was entered: a line, `cancelled` for Ctrl+C, or undefined at the end of the stream. */
export type Entered = {line: string} | 'cancelled' | undefined;

export type LineReaderOptions = {
	/** Where typed characters are echoed when the terminal does not echo them itself. */
	echo?: Writable | undefined;
};

/** Reads lines one by one. Lines that arrive early are kept until they are read; the end of an overlong line is dropped. */
export class LineReader {
	#line = '';
	#isSecret = false;
	#rest: Buffer = Buffer.alloc(0);
	#afterReturn = false;
	readonly #waiting: Entered[] = [];
	#ended = false;
	#wanted: PromiseWithResolvers<Entered> | undefined;
	readonly #listeners = new Set<() => void>();

	constructor(
		private readonly input: Readable,
		private readonly options: LineReaderOptions = {},
	) {
		input.on('data', (bytes: Buffer) => {
			this.#take(bytes);
		});
		for (const event of ['end', 'close', 'error']) {
			input.on(event, () => {
				this.end();
			});
		}
	}

	/** Whether what is typed is echoed, with the end of its line. */
	get echoes(): boolean {
		return this.options.echo !== undefined;
	}

	/** Whether no more lines will arrive. */
	get ended(): boolean {
		return this.#ended && this.#waiting.length === 0;
	}

	/** Whether `next` is waiting for a line. */
	get waiting(): boolean {
		return this.#wanted !== undefined;
	}

	/** Calls `listener` when input arrives and when a line is read; returns a function that unsubscribes it. */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** Resolves with the next line. A secret one is not echoed, even if it was typed before it was asked for. */
	async next({secret = false} = {}): Promise<Entered> {
		this.#isSecret = secret;
		const waiting = this.#waiting.shift();
		if (waiting !== undefined || this.#ended) {
			this.#echoAhead(waiting);
			return waiting;
		}

		this.#wanted = Promise.withResolvers<Entered>();
		this.#echo(this.#line);
		this.#tell();
		this.input.resume();
		return this.#wanted.promise;
	}

	/** Stops reading. A last line without a line ending counts, except at a terminal, where it was not entered. */
	end(): void {
		if (this.#ended) {
			return;
		}

		if (this.#line !== '' && !this.options.echo) {
			this.#enter({line: this.#line});
		}

		this.#ended = true;
		this.#wanted?.resolve(undefined);
		this.#wanted = undefined;
	}

	/** Stops reading and discards a line that was not entered. */
	giveUp(): void {
		this.#line = '';
		this.end();
	}

	#tell(): void {
		for (const listener of this.#listeners) {
			listener();
		}
	}

	#take(bytes: Buffer): void {
		this.#tell();
		const {keys, rest} = splitKeys(Buffer.concat([this.#rest, this.#withoutLineFeeds(bytes)]), false);
		this.#rest = Buffer.from(rest);
		for (const key of keys) {
			this.#press(key);
		}

		if (this.#waiting.length > 0) {
			this.input.pause(); // Until the next call of next().
		}
	}

	/** CR LF is one line ending, also when CR and LF arrive in different chunks. */
	#withoutLineFeeds(bytes: Buffer): Buffer {
		const start = this.#afterReturn && bytes[0] === lineFeed ? 1 : 0;
		this.#afterReturn = bytes.at(-1) === carriageReturn;
		return bytes.subarray(start).filter((byte, index, all) => byte !== lineFeed || all[index - 1] !== carriageReturn) as Buffer;
	}

	/** What was typed before it was asked for: only then it is known whether it is a secret. */
	#echoAhead(entered: Entered): void {
		if (typeof entered === 'object') {
			this.#echo(entered.line);
			this.#echo('\r\n', true);
		} else if (entered === 'cancelled') {
			this.#echo('^C\r\n', true);
		}
	}

	#press(key: Key): void {
		const isAwaited = this.#wanted !== undefined;
		if (key.name === 'enter') {
			this.#echo(isAwaited ? '\r\n' : '', true);
			this.#enter({line: this.#line});
		} else if (key.name === 'ctrl-c') {
			this.#echo(isAwaited ? '^C\r\n' : '', true);
			this.#enter('cancelled');
		} else if (key.name === 'ctrl-d' && this.#line === '') {
			this.end();
		} else {
			this.#edit(editLine({text: this.#line, behind: 0}, key, maxAnswerLength));
		}
	}

	/** The cursor stays at the end: a terminal that cannot move it is read here. */
	#edit(edited: EditedLine | undefined): void {
		const line = edited?.behind === 0 ? edited.text : this.#line;
		if (line === this.#line) {
			return;
		}

		if (!this.#wanted) {
			// Echoed when it is asked for.
		} else if (line.startsWith(this.#line)) {
			this.#echo(line.slice(this.#line.length));
		} else {
			this.#echo('\b \b'.repeat([...this.#line].length - [...line].length));
		}

		this.#line = line;
	}

	#enter(entered: Entered): void {
		this.#line = '';
		if (this.#wanted) {
			this.#wanted.resolve(entered);
			this.#wanted = undefined;
		} else {
			this.#waiting.push(entered);
		}
	}

	#echo(text: string, always = false): void {
		if (text !== '' && (always || !this.#isSecret)) {
			this.options.echo?.write(text);
		}
	}
}
