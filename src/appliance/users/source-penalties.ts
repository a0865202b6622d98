// Penalties for addresses, as PerSourcePenalties of sshd_config(5): each failed password adds some seconds, and from a threshold on
// the passwords of the address are refused unchecked until the penalty has passed. Unlike sshd, connections are still accepted:
// keys cannot be guessed, and an administrator with a key may come from the same address.

export type PenaltyLimits = {
	/** Seconds for each failed password. */
	failureSeconds: number;
	/** The penalty from which passwords are refused. */
	thresholdSeconds: number;
	/** The largest penalty. */
	maxSeconds: number;
	/** Addresses to remember. Beyond that, the ones with the oldest failures are forgotten. */
	maxAddresses: number;
};

export class SourcePenalties {
	/** When the penalty of each address will have passed, by the clock of `nowMs`; the address with the latest failure is last. */
	readonly #ends = new Map<string, number>();

	constructor(
		private readonly limits: PenaltyLimits,
		/** A clock in milliseconds that nobody sets, so that no penalty lasts longer because the time of day was corrected. */
		private readonly nowMs: () => number = () => performance.now(),
	) {}

	/** Whether passwords from this address are refused now. */
	isRefused(address: string): boolean {
		return this.#remainingMs(address) >= this.limits.thresholdSeconds * 1000;
	}

	/** Adds a failed password. Returns whether passwords are refused from now on that were not before. */
	add(address: string): boolean {
		const wasRefused = this.isRefused(address);
		const {failureSeconds, maxSeconds, maxAddresses} = this.limits;
		const penaltyMs = Math.min(this.#remainingMs(address) + failureSeconds * 1000, maxSeconds * 1000);
		this.#ends.delete(address);
		this.#ends.set(address, this.nowMs() + penaltyMs);
		if (this.#ends.size > maxAddresses) {
			this.#ends.delete(this.#ends.keys().next().value!);
		}

		return !wasRefused && this.isRefused(address);
	}

	#remainingMs(address: string): number {
		return Math.max(0, (this.#ends.get(address) ?? 0) - this.nowMs());
	}
}
