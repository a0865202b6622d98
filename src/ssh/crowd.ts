import type {Limits} from './limits.js';

/** One connection's place among all. */
export type Ticket = {
	/** Somebody has signed in: the connection no longer counts among the strangers. */
	known(): void;
	/** The connection is over. */
	leave(): void;
};

/** Counts connections, so that nobody keeps others out by holding many of them open. */
export class Crowd {
	readonly #strangers = new Map<string, number>();
	#all = 0;

	constructor(private readonly limits: Limits) {}

	/** Lets a connection in, or gives undefined when a limit is reached. */
	admit(address: string): Ticket | undefined {
		const {strangers, strangersPerAddress, connections} = this.limits;
		const total = this.#strangers.values().reduce((sum, count) => sum + count, 0);
		if (this.#all >= connections || total >= strangers || this.#from(address) >= strangersPerAddress) {
			return undefined;
		}

		this.#all++;
		this.#count(address, 1);
		let stranger = true;
		const known = () => {
			if (stranger) {
				stranger = false;
				this.#count(address, -1);
			}
		};

		return {
			known,
			leave: () => {
				known();
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
