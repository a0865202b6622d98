/** Counts work that was begun and has not ended, so that others can wait for quiet instead of for time. */
export class Activity {
	#count = 0;
	#waiting: Array<() => void> = [];

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

	/** Resolves when nothing is under way. Something new may begin before the caller goes on: look at `idle` again. */
	async untilIdle(): Promise<void> {
		if (!this.idle) {
			await new Promise<void>(resolve => {
				this.#waiting.push(resolve);
			});
		}
	}
}
