import process from 'node:process';
import {sanitise} from '../../sanitise.js';

/** A line of progress on a terminal. Writes nothing elsewhere. */
export class StatusLine {
	readonly #isLive = process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['NO_COLOR'];
	#isShown = false;

	show(words: string): void {
		if (this.#isLive) {
			this.#isShown = true;
			process.stderr.write(`\r${sanitise(words).slice(0, (process.stderr.columns || 80) - 1)}\u001B[K`);
		}
	}

	/** Erases the line, so that other output can be written. */
	clear(): void {
		if (this.#isShown) {
			this.#isShown = false;
			process.stderr.write('\r\u001B[K');
		}
	}
}
