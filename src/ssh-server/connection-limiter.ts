import type {Limits} from './limits.js';

/** An admitted connection. */
export type Admission = {
	/** A user has authenticated: the connection no longer counts as unauthenticated. */
	authenticated(): void;
	/** The connection has closed. */
	release(): void;
};

/** Limits concurrent connections, so that no client can keep others out. */
export class ConnectionLimiter {
	readonly #unauthenticated = new Map<string, number>();
	#all = 0;

	constructor(private readonly limits: Limits) {}

	/** Admits a connection; undefined when a limit is reached. */
	admit(address: string): Admission | undefined {
		const {unauthenticated, unauthenticatedPerAddress, connections} = this.limits;
		const total = this.#unauthenticated.values().reduce((sum, count) => sum + count, 0);
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
		return this.#unauthenticated.get(address) ?? 0;
	}

	#count(address: string, change: 1 | -1): void {
		const count = this.#from(address) + change;
		if (count === 0) {
			this.#unauthenticated.delete(address);
		} else {
			this.#unauthenticated.set(address, count);
		}
	}
}
