import {castHeader, castSeconds, withoutReadyMarks, type CastEvent} from '../asciicast.js';
import {hideSecrets} from './hide-secrets.js';

/** A recording in the format asciicast v2, for asciinema and its players. */
export class Cast {
	readonly #events: CastEvent[] = [];
	readonly #start: number;
	readonly #secrets = new Set<string>();
	/** What was written while the recording was paused; undefined while it is not. */
	#unseen: string | undefined;
	#pausedAt = 0;
	#pausedFor = 0;

	constructor(
		readonly columns: number,
		readonly rows: number,
		readonly title: string,
		/** The clock, in milliseconds. */
		private readonly now: () => number = () => performance.now(),
	) {
		this.#start = now();
	}

	/** What the program wrote. Ready marks are left out. */
	output(text: string): void {
		this.#add('o', withoutReadyMarks(text));
	}

	/** Leaves out what follows, and the time that it takes. */
	pause(): void {
		if (this.#unseen === undefined) {
			this.#unseen = '';
			this.#pausedAt = this.now();
		}
	}

	/** Goes on with the screen as it is by then. */
	resume(): void {
		const unseen = this.#unseen;
		if (unseen !== undefined) {
			this.#unseen = undefined;
			this.#pausedFor += this.now() - this.#pausedAt;
			this.#add('o', unseen);
		}
	}

	/** Keeps a text out of the file, also where a program shows it. */
	hide(secret: string): void {
		this.#secrets.add(secret);
	}

	resize(columns: number, rows: number): void {
		this.#add('r', `${columns}x${rows}`);
	}

	/** The file: a header and one line for each event. */
	text(): string {
		const lines = [castHeader(this), ...this.#withoutSecrets().map(event => JSON.stringify(event))];
		return lines.map(line => `${line}\n`).join('');
	}

	/** The secrets are searched in the output as a whole: a program may write one in several parts. */
	#withoutSecrets(): CastEvent[] {
		const output = this.#events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
		const hidden = hideSecrets(output, this.#secrets);
		let at = 0;
		return this.#events.map(([seconds, code, data]) => {
			if (code !== 'o') {
				return [seconds, code, data];
			}

			at += data.length;
			return [seconds, code, hidden.slice(at - data.length, at)];
		});
	}

	#add(code: 'o' | 'r', data: string): void {
		if (data !== '' && this.#unseen !== undefined && code === 'o') {
			this.#unseen += data;
		} else if (data !== '') {
			const now = this.#unseen === undefined ? this.now() : this.#pausedAt;
			this.#events.push([castSeconds(now - this.#start - this.#pausedFor), code, data]);
		}
	}
}
