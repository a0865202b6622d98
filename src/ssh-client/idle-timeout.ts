import type {Operator} from './host.js';

/** Limits the time that a host may take to answer. Time for which the operator is asked does not count. */
export class IdleTimeout {
	#timer: NodeJS.Timeout | undefined;

	constructor(
		private readonly milliseconds: number,
		private readonly giveUp: () => void,
	) {}

	/** Starts the time limit anew. */
	start(): void {
		this.stop();
		this.#timer = setTimeout(this.giveUp, this.milliseconds);
	}

	/** Suspends the time limit. */
	stop(): void {
		clearTimeout(this.#timer);
	}

	/** An operator during whose answers the time limit is suspended. `gaveUp` gets the error when asking fails. */
	during(operator: Operator, gaveUp: (why: unknown) => void): Operator {
		const turn = async <Result>(work: Promise<Result>): Promise<Result | undefined> => {
			this.stop();
			try {
				return await work;
			} catch (error) {
				gaveUp(error);
				return undefined;
			} finally {
				this.start();
			}
		};

		return {
			isKnown: async host => turn(operator.isKnown(host)),
			answer: async (question, options) => turn(operator.answer(question, options)),
			notify: words => operator.notify(words),
		};
	}
}
