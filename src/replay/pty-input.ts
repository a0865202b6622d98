import {writeSync} from 'node:fs';
import {hasCode} from '../problem.js';

/** How long to wait before writing again to a pseudo-terminal whose program has not read what it holds, in milliseconds. */
const retryMs = 5;

/**
 * What is typed at a pseudo-terminal, in order. libuv writes to the master side in a loop until everything is taken, and reads
 * nothing meanwhile: a program that writes before it reads on would never come to that. So this writes what fits, without waiting.
 */
export class PtyInput {
	#waiting: Buffer = Buffer.alloc(0);
	#timer: NodeJS.Timeout | undefined;
	#closed = false;

	/** `fd` is the master side, opened with O_NONBLOCK. */
	constructor(private readonly fd: number) {}

	write(text: string): void {
		this.#waiting = Buffer.concat([this.#waiting, Buffer.from(text)]);
		if (this.#timer === undefined) {
			this.#writeOn();
		}
	}

	/** Drops what was not taken. To be called before the descriptor is closed. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	#writeOn(): void {
		this.#timer = undefined;
		while (!this.#closed && this.#waiting.length > 0) {
			const taken = this.#taken();
			if (taken === 0) {
				this.#timer = setTimeout(() => {
					this.#writeOn();
				}, retryMs);
				return;
			}

			this.#waiting = this.#waiting.subarray(taken);
		}
	}

	/** The number of bytes that the terminal takes now: all of them once the program is gone (EIO). */
	#taken(): number {
		try {
			return writeSync(this.fd, this.#waiting);
		} catch (error) {
			if (hasCode(error, 'EAGAIN')) {
				return 0;
			}

			if (hasCode(error, 'EIO')) {
				return this.#waiting.length;
			}

			throw error;
		}
	}
}
