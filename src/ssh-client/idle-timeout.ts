import type {Operator} from './host.js';

/** Gives up on a host that says nothing for too long, but lets the operator think. */
export class IdleTimeout {
	#timer: NodeJS.Timeout | undefined;

	constructor(private readonly milliseconds: number, private readonly giveUp: () => void) {}

	/** It is the host's turn, from now on. */
	start(): void {
		this.stop();
		this.#timer = setTimeout(this.giveUp, this.milliseconds);
	}

	/** It is not the host's turn. */
	stop(): void {
		clearTimeout(this.#timer);
	}

	/** The operator, whose turn is not the host's. One who gives up while being asked (`gaveUp`) has no answer. */
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
			tell: words => operator.tell(words),
		};
	}
}
