// A conversation in plain lines: for a pipe, a terminal that cannot move its cursor, a screen reader, a command over SSH.
import type {Writable} from 'node:stream';
import {
	Cancelled,
	choiceHint,
	confirmationOf,
	leads,
	askYesOrNo,
	type Choice,
	type Tone,
	type Watch,
	type YesWord,
} from './conversation.js';
import {drained} from './drained.js';
import type {SessionConversation} from './front-end.js';
import type {LineReader} from './line-reader.js';
import {rowsOf, type Entry} from './transcript.js';

const columns = 80;

/** Asks until a line is entered. Ctrl+C says how to log out, as on the screen. Rejects with Cancelled at the end of the input. */
export async function askForEntry(prompt: string, lines: LineReader, write: (row: string) => void): Promise<string> {
	for (;;) {
		write(prompt);
		const entered = await lines.next();
		if (entered === undefined) {
			throw new Cancelled('The input has ended.');
		}

		if (entered !== 'cancelled') {
			return entered.line;
		}

		write('Z logs out.');
	}
}

export class PlainConversation implements SessionConversation {
	/** What was typed at the last pause. */
	typedAhead = '';
	#last: Entry | undefined;

	/** `title` is written before the first output. */
	constructor(
		private readonly lines: LineReader,
		private readonly output: Writable,
		private readonly lineEnd = '\n',
		private title = '',
	) {}

	print(text: string, tone: Tone = 'plain'): void {
		this.#add({kind: 'text', text, tone});
	}

	table(rows: ReadonlyArray<readonly string[]>, heads = false): void {
		this.#add({kind: 'table', rows: rows.map(cells => [...cells]), heads});
	}

	async ask(prompt: string, {isAnsweredBeside = false} = {}): Promise<string> {
		return (await this.#question(prompt, {isAnsweredBeside})).trim();
	}

	async secret(prompt: string, {isAnsweredBeside = false} = {}): Promise<string> {
		return this.#question(prompt, {secret: true, isAnsweredBeside});
	}

	async confirm(prompt: string, word: YesWord): Promise<boolean> {
		return askYesOrNo(word, async () => this.#question(confirmationOf(prompt, word)), {
			unclear: notice => {
				this.#write(notice);
			},
		});
	}

	async choose<Value>(prompt: string, choices: ReadonlyArray<Choice<Value>>): Promise<Value | undefined> {
		this.table(choices.map(({key, label}) => [key, label]));
		for (;;) {
			const word = (await this.#question(prompt)).trim().toUpperCase();
			const choice = choices.find(({key}) => key === word);
			if (choice || word === 'R') {
				return choice?.value;
			}

			if (leads(word)) {
				this.typedAhead = word;
				throw new Cancelled('Another place was asked for.');
			}

			this.#write(choiceHint(word));
		}
	}

	async step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
		const started = performance.now();
		const end = (state: 'done' | 'failed') => {
			this.#add({kind: 'step', title, state, took: performance.now() - started});
		};

		try {
			const result = await work();
			end('done');
			return result;
		} catch (error) {
			end('failed');
			throw error;
		}
	}

	async follow(watch: Watch): Promise<void> {
		this.#last = undefined;
		this.#write('New lines follow. Press Enter to stop.');
		const stop = new AbortController();
		const watching = watch(async lines => {
			this.#write(...lines);
			await drained(this.output, stop.signal);
		}, stop.signal);
		try {
			const entered = await Promise.race([this.lines.next(), watching.then(() => 'cancelled' as const)]);
			if (entered === undefined) {
				throw new Cancelled('The input has ended.');
			}
		} finally {
			stop.abort();
			await watching;
		}
	}

	async pause(): Promise<void> {
		this.#last = undefined;
		this.typedAhead = (await askForEntry('Press Enter to continue.', this.lines, row => this.#write(row))).trim();
	}

	/** Rejects with Cancelled on Ctrl+C and at the end of the input. */
	async #question(prompt: string, {secret = false, isAnsweredBeside = false} = {}): Promise<string> {
		this.#last = undefined;
		if (isAnsweredBeside) {
			this.output.write(`${prompt} `);
		} else {
			this.#write(prompt);
		}

		const entered = await this.lines.next({secret});
		if (isAnsweredBeside && !this.lines.echoes) {
			this.output.write(this.lineEnd);
		}

		if (entered === undefined || entered === 'cancelled') {
			throw new Cancelled(entered === undefined ? 'The input has ended.' : 'Interrupted.');
		}

		return entered.line;
	}

	/** Entries are laid out as on the screen, so that tables are aligned. */
	#add(entry: Entry): void {
		const before = this.#last ? rowsOf([this.#last], columns).length : 0;
		this.#write(
			...rowsOf([...(this.#last ? [this.#last] : []), entry], columns)
				.slice(before)
				.map(({text}) => text),
		);
		this.#last = entry;
	}

	#write(...rows: string[]): void {
		const heading = this.title === '' ? [] : ['', this.title, ''];
		this.title = '';
		this.output.write([...heading, ...rows].map(row => `${row.trimEnd()}${this.lineEnd}`).join(''));
	}
}
