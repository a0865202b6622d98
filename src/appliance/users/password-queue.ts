/**
 * Checks passwords one at a time, because a check takes a tenth of a second of CPU and the lock of the failed logins. Addresses take
 * turns, so that one with many attempts does not delay the others. Attempts of clients that have disconnected are dropped.
 */
export class PasswordQueue {
	readonly #waiting = new Map<string, Array<() => void>>();
	#isBusy = false;

	/** Runs `check` when it is the address's turn. Resolves with undefined, without running it, when `signal` is aborted by then. */
	async run<Result>(address: string, signal: AbortSignal, check: () => Promise<Result>): Promise<Result | undefined> {
		await this.#turn(address);
		try {
			return signal.aborted ? undefined : await check();
		} finally {
			this.#next();
		}
	}

	async #turn(address: string): Promise<void> {
		if (!this.#isBusy) {
			this.#isBusy = true;
			return;
		}

		const {promise, resolve} = Promise.withResolvers<void>();
		const waiting = this.#waiting.get(address) ?? [];
		waiting.push(resolve);
		this.#waiting.set(address, waiting);
		await promise;
	}

	#next(): void {
		const [address, waiting] = this.#waiting.entries().next().value ?? [];
		if (address === undefined || waiting === undefined) {
			this.#isBusy = false;
			return;
		}

		this.#waiting.delete(address);
		waiting.shift()?.();
		if (waiting.length > 0) {
			this.#waiting.set(address, waiting); // At the end: the other addresses come first.
		}
	}
}
