import {splitKeys, type Key} from './keys.js';
import type {Store} from './store.js';

/** How long a lone ESC byte is held back in case a sequence follows, in milliseconds. */
const escapeDelay = 50;
/** How many keys are handled before other work, such as drawing, gets its turn. */
const batch = 200;
/** How many keys may wait: more than anybody types ahead, and a fraction of a megabyte of memory. */
const maxWaitingKeys = 8192;

/**
 * Hands keys to a console one at a time, each only when everything the one before it caused has come to rest. So keys that
 * arrive together, however fast, meet the screens they were meant for. Calls `ready` with the number of bytes handled
 * each time there is nothing left to do.
 */
export class KeyQueue {
	#input: Buffer = Buffer.alloc(0);
	#queue: Key[] = [];
	/** How many keys of the queue are handled. */
	#head = 0;
	#handled = 0;
	#pumping = false;
	#escape: NodeJS.Timeout | undefined;

	constructor(private readonly store: Store, private readonly ready: (bytes: number) => void) {
		this.#pump();
	}

	/** Whether so many keys wait that the terminal should not be read before `ready` is called. */
	get isFull(): boolean {
		return this.#queue.length - this.#head >= maxWaitingKeys;
	}

	/** Takes what was read from the terminal. */
	write(bytes: Buffer): void {
		clearTimeout(this.#escape);
		this.#take(Buffer.concat([this.#input, bytes]), false);
	}

	/** Says again when there is nothing left to do, as after a change of the terminal's size. */
	announce(): void {
		this.#pump();
	}

	#take(input: Buffer, final: boolean): void {
		const {keys, rest} = splitKeys(input, final);
		this.#input = Buffer.from(rest);
		for (const key of keys) {
			this.#queue.push(key);
			if (key.name === 'ctrl-c' && !this.store.activity.idle) {
				this.#interrupt();
			}
		}

		if (rest.length > 0) {
			this.#escape = setTimeout(() => {
				this.#take(this.#input, true);
			}, escapeDelay);
		}

		this.#pump();
	}

	/** Ctrl+C while work is under way: as a terminal does, forgets what was typed ahead of it. */
	#interrupt(): void {
		for (const {bytes} of this.#queue.slice(this.#head)) {
			this.#handled += bytes;
		}

		this.#forget();
		this.store.showBusy();
	}

	#pump(): void {
		if (!this.#pumping) {
			this.#handOver().catch((error: unknown) => {
				this.#pumping = false;
				this.store.fail(error);
			});
		}
	}

	async #handOver(): Promise<void> {
		this.#pumping = true;
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

		this.#forget();
		this.#pumping = false;
		if (this.#input.length === 0) {
			this.ready(this.#handled);
		}
	}

	async #idle(): Promise<void> {
		while (!this.store.activity.idle) {
			await this.store.activity.untilIdle();
		}
	}

	#forget(): void {
		this.#queue = [];
		this.#head = 0;
	}

	#press(): void {
		const key = this.#queue[this.#head++]!;
		this.#handled += key.bytes;
		if (key.name !== 'other') {
			this.store.press(key);
		}
	}
}
