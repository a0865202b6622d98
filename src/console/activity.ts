/** Counts work in progress, so that callers wait until it is idle instead of waiting for time. */
export class Activity {
	#count = 0;
	readonly #waiting: Array<() => void> = [];

	get idle(): boolean {
		return this.#count === 0;
	}

	/** Counts this work from now until it ends. Settles as the work does. */
	async during<Result>(work: () => Promise<Result>): Promise<Result> {
		const end = this.begin();
		try {
			return await work();
		} finally {
			end();
		}
	}

	/** Counts something from now until the returned function is called; calling it again does nothing. */
	begin(): () => void {
		this.#count++;
		let ended = false;
		return () => {
			if (ended) {
				return;
			}

			ended = true;
			this.#count--;
			if (this.idle) {
				for (const resolve of this.#waiting.splice(0)) {
					resolve();
				}
			}
		};
	}

	/** Resolves when no work is in progress. New work may begin before the caller resumes: check `idle` again. */
	async untilIdle(): Promise<void> {
		if (!this.idle) {
			await new Promise<void>(resolve => {
				this.#waiting.push(resolve);
			});
		}
	}
}
