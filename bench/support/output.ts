// The output of a program so far, and waiting for more of it. Every wait has a limit.
import {stripVTControlCharacters} from 'node:util';

const defaultTimeoutMs = 30_000;

export class Output {
	#text = '';
	#changed = () => {};
	#end?: string;

	add(text: string): void {
		this.#text += text;
		this.#changed();
	}

	/** Discards what was written so far. */
	clear(): void {
		this.#text = '';
	}

	/** Nothing more will be written, for this reason. */
	end(reason: string): void {
		this.#end = reason;
		this.#changed();
	}

	/** Resolves once the text contains this. Rejects, with the text in the message, when the program ends first or the time is up. */
	async seen(what: string | RegExp, timeoutMs = defaultTimeoutMs): Promise<void> {
		const {promise, resolve, reject} = Promise.withResolvers<void>();
		const look = () => {
			if (typeof what === 'string' ? this.#text.includes(what) : what.test(this.#text)) {
				resolve();
			} else if (this.#end !== undefined) {
				reject(this.#missing(what, this.#end));
			}
		};

		const timer = setTimeout(() => {
			reject(this.#missing(what, `it did not come within ${timeoutMs / 1000} s`));
		}, timeoutMs);
		this.#changed = look;
		look();
		try {
			await promise;
		} finally {
			clearTimeout(timer);
			this.#changed = () => {};
		}
	}

	#missing(what: string | RegExp, reason: string): Error {
		const shown = stripVTControlCharacters(this.#text).replaceAll(/\s+/g, ' ').trim().slice(-400);
		return new Error(`Waited for ${JSON.stringify(String(what))}: ${reason}. The terminal showed: ${JSON.stringify(shown)}`);
	}
}
