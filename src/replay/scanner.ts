import {Problem} from '../problem.js';

/** Reads one line of a tape from left to right, and reports what it found where something else was expected. */
export class Scanner {
	#at = 0;
	/** Where the last thing that was taken begins. */
	#taken = 0;

	constructor(
		private readonly text: string,
		/** File and line, such as `menu.tape:7`. */
		readonly place: string,
	) {
		this.#skipBlanks();
	}

	/** Whether the line is read, or the rest of it is a comment. */
	get done(): boolean {
		return this.#at === this.text.length || this.text[this.#at] === '#';
	}

	get position(): number {
		return this.#at;
	}

	/** What was read since that position. */
	since(position: number): string {
		return this.text.slice(position, this.#at).trim();
	}

	/** Takes what matches at this position, and the blanks after it. The pattern is made sticky. */
	take(pattern: RegExp): RegExpExecArray | undefined {
		const sticky = new RegExp(pattern, 'y');
		sticky.lastIndex = this.#at;
		const match = sticky.exec(this.text);
		if (match) {
			this.#taken = this.#at;
			this.#at = sticky.lastIndex;
			this.#skipBlanks();
		}

		return match ?? undefined;
	}

	/** Takes what must match at this position. Throws Problem `tape-syntax` with the text `expected` if it does not. */
	expect(pattern: RegExp, expected: string): RegExpExecArray {
		return this.take(pattern) ?? this.fail(expected);
	}

	/**
	 * Throws Problem `tape-syntax` with the place, what was found and what was expected. By default the next word was found; else it is
	 * what was taken last.
	 */
	fail(expected: string, hint = '', found?: string): never {
		const column = (found === undefined ? this.#at : this.#taken) + 1;
		throw new Problem('tape-syntax', `${this.place}:${column}: found ${found ?? this.#word()}, expected ${expected}`, hint);
	}

	#word(): string {
		const [word = ''] = /^\S*/.exec(this.text.slice(this.#at)) ?? [];
		return word === '' ? 'the end of the line' : `\`${word}\``;
	}

	#skipBlanks(): void {
		while (/\s/.test(this.text[this.#at] ?? '')) {
			this.#at++;
		}
	}
}
