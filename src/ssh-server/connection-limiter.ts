import type {Limits} from './limits.js';

/** One connection's place among all. */
export type Admission = {
	/** Somebody has signed in: the connection no longer counts among the strangers. */
	authenticated(): void;
	/** The connection is over. */
	release(): void;
};

/** Counts connections, so that nobody keeps others out by holding many of them open. */
export class ConnectionLimiter {
	readonly #strangers = new Map<string, number>();
	#all = 0;

	constructor(private readonly limits: Limits) {}

	/** Lets a connection in, or gives undefined when a limit is reached. */
	admit(address: string): Admission | undefined {
		const {unauthenticated, unauthenticatedPerAddress, connections} = this.limits;
		const total = this.#strangers.values().reduce((sum, count) => sum + count, 0);
		if (this.#all >= connections || total >= unauthenticated || this.#from(address) >= unauthenticatedPerAddress) {
			return undefined;
		}

		this.#all++;
		this.#count(address, 1);
		let isCounted = true;
		const authenticated = () => {
			if (isCounted) {
				isCounted = false;
				this.#count(address, -1);
			}
		};

		return {
			authenticated,
			release: () => {
				authenticated();
				this.#all--;
			},
		};
	}

	#from(address: string): number {
		return this.#strangers.get(address) ?? 0;
	}

	#count(address: string, change: 1 | -1): void {
		const count = this.#from(address) + change;
		if (count === 0) {
			this.#strangers.delete(address);
		} else {
			this.#strangers.set(address, count);
		}
	}
}
