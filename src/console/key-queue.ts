import type {After} from './idle.js';
import {splitKeys, type Key} from './keys.js';
import {linesIn, PasteCollector, splitPaste} from './paste.js';
import type {Store} from './store.js';

/** How long a lone ESC byte is held in case a sequence follows, in milliseconds. */
const escapeDelay = 50;
/** How long the end of a paste is waited for after its last byte, in milliseconds. */
const pasteDelay = 1000;
/** A real timer; while it is pending the process stays alive, so that the key is not lost. */
const afterTimer: After = (milliseconds, then) => {
	const timer = setTimeout(then, milliseconds);
	return () => {
		clearTimeout(timer);
	};
};

/** How many keys are handled before other work, such as drawing, gets its turn. */
const batch = 200;
/** The most keys that may wait: more than anyone types ahead, in less than a megabyte of memory. */
const maxWaitingKeys = 8192;

/**
 * Delivers keys to a console one at a time, each only after all work caused by the key before it has finished. So keys that
 * arrive together, however fast, reach the screens they were meant for. Calls `ready` with the number of bytes handled
 * each time the queue is empty and the console is idle. Pasted text that would answer more than one question is entered only
 * after a Y.
 */
export class KeyQueue {
	#input: Buffer = Buffer.alloc(0);
	#queue: Key[] = [];
	/** How many keys of the queue have been handled. */
	#head = 0;
	#handled = 0;
	#draining = false;
	readonly #pastes = new PasteCollector();
	/** What is left of a paste while the user is asked whether to enter it. */
	#held: Key[] = [];
	#cancelEscape = () => {};

	/** `after` is the timer that ends the wait for the rest of a sequence. */
	constructor(
		private readonly store: Store,
		private readonly ready: (bytes: number) => void,
		private readonly after: After = afterTimer,
	) {
		this.#drain();
	}

	/** Whether the queue is full: the terminal should not be read until `ready` is called. */
	get isFull(): boolean {
		return this.#queue.length - this.#head >= maxWaitingKeys;
	}

	/** Takes what was read from the terminal. */
	write(bytes: Buffer): void {
		this.#cancelEscape();
		this.#take(Buffer.concat([this.#input, bytes]), false);
	}

	/** Calls `ready` again once idle, for example after the terminal was resized. */
	announce(): void {
		this.#drain();
	}

	#take(input: Buffer, final: boolean): void {
		const {keys, rest} = splitKeys(input, final);
		this.#input = Buffer.from(rest);
		for (const key of keys.flatMap(each => this.#pastes.take(each))) {
			this.#queue.push(key);
			if (key.name === 'ctrl-c' && !this.store.activity.idle) {
				this.#interrupt();
			}
		}

		if (rest.length > 0) {
			this.#cancelEscape = this.after(escapeDelay, () => {
				this.#take(this.#input, true);
			});
		} else if (this.#pastes.isOpen) {
			this.#cancelEscape = this.after(pasteDelay, () => {
				this.#queue.push(this.#pastes.end());
				this.#drain();
			});
		}

		this.#drain();
	}

	/** Ctrl+C while work is in progress: discards what was typed ahead, as a terminal does. */
	#interrupt(): void {
		for (const {bytes} of this.#queue.slice(this.#head)) {
			this.#handled += bytes;
		}

		this.#clear();
		this.store.showBusy();
	}

	#drain(): void {
		if (!this.#draining) {
			this.#deliver().catch((error: unknown) => {
				this.#draining = false;
				this.store.fail(error);
			});
		}
	}

	async #deliver(): Promise<void> {
		this.#draining = true;
		for (let count = 1; ; count++) {
			await this.#idle();
			if (this.#head === this.#queue.length) {
				break;
			}

			if (count % batch === 0) {
				await new Promise(setImmediate);
				continue;
			}

			this.#press();
		}

		this.#clear();
		this.#draining = false;
		if (this.#input.length === 0 && !this.#pastes.isOpen) {
			this.ready(this.#handled);
		}
	}

	async #idle(): Promise<void> {
		while (!this.store.activity.idle) {
			await this.store.activity.untilIdle();
		}
	}

	#clear(): void {
		this.#queue = [];
		this.#head = 0;
	}

	#press(): void {
		const key = this.#queue[this.#head++]!;
		this.#handled += key.bytes;
		if (this.#held.length > 0) {
			this.#decide(key);
		} else if (key.name === 'paste') {
			this.#paste(key.keys);
		} else if (key.name !== 'other') {
			this.store.press(key);
		}
	}

	/** Types a paste of one line, or of a question for several lines. Of another one it types the first line, and asks about the rest. */
	#paste(keys: readonly Key[]): void {
		const {typed, rest} = this.store.takesLines ? {typed: keys, rest: []} : splitPaste(keys);
		if (rest.length === 0) {
			this.#queue.splice(this.#head, 0, ...typed);
			return;
		}

		for (const key of typed) {
			this.store.press(key);
		}

		this.#held = rest;
		this.store.showNotice(`The paste has ${linesIn(rest)} lines. Enter each of them? [Y/N]`);
	}

	/** Takes the answer to whether the rest of a paste is entered. */
	#decide(key: Key): void {
		if (key.name === 'other') {
			return;
		}

		if (key.name === 'text' && /^y$/i.test(key.text)) {
			this.#queue.splice(this.#head, 0, ...this.#held);
			this.store.showNotice('');
		} else {
			this.store.showNotice('The other lines of the paste were discarded.');
		}

		this.#held = [];
	}
}
