import {readyMarkCode} from '../ready-mark.js';

const readyMarks = new RegExp(`\\u001B\\]${readyMarkCode};[^\\u0007]*\\u0007`, 'g');

/** A recording in the format asciicast v2 (docs.asciinema.org/manual/asciicast/v2), for asciinema and its players. */
export class Cast {
	readonly #events: Array<[seconds: number, code: 'o' | 'r', data: string]> = [];
	readonly #start: number;

	constructor(
		private readonly columns: number,
		private readonly rows: number,
		private readonly title: string,
		/** The clock, in milliseconds. */
		private readonly now: () => number = () => performance.now(),
	) {
		this.#start = now();
	}

	/** What the program wrote. Ready marks are left out: they are meant for the replay only. */
	output(text: string): void {
		this.#add('o', text.replaceAll(readyMarks, ''));
	}

	resize(columns: number, rows: number): void {
		this.#add('r', `${columns}x${rows}`);
	}

	/** The file: a header and one line for each event. */
	text(): string {
		const header = {version: 2, width: this.columns, height: this.rows, title: this.title, env: {TERM: 'xterm-256color'}};
		return [header, ...this.#events].map(line => `${JSON.stringify(line)}\n`).join('');
	}

	#add(code: 'o' | 'r', data: string): void {
		if (data !== '') {
			this.#events.push([Math.round((this.now() - this.#start) * 1000) / 1_000_000, code, data]);
		}
	}
}
