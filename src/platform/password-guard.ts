// Limits how many passwords anybody can try over the network, as the SSH server does.
import type {IncomingMessage} from 'node:http';
import type {Account} from '../appliance/users/accounts.js';
import {PasswordQueue} from '../appliance/users/password-queue.js';
import {SourcePenalties} from '../appliance/users/source-penalties.js';

/** After three wrong passwords at once, one in five seconds. The longest wait is a minute: others may share the address. */
const limits = {failureSeconds: 5, thresholdSeconds: 15, maxSeconds: 60, maxAddresses: 10_000};

/** The password checks of one program. */
export class PasswordGuard {
	readonly #queue = new PasswordQueue();
	readonly #penalties = new SourcePenalties(limits);

	/**
	 * Runs `compare` when it is the turn of the client's address, and resolves with the account, or with undefined for a wrong password.
	 * Resolves with `refused`, without running it, after too many wrong passwords from there, or when the client has disconnected.
	 */
	async check({socket}: IncomingMessage, compare: () => Promise<Account | undefined>): Promise<Account | 'refused' | undefined> {
		const from = socket.remoteAddress ?? '';
		const gone = new AbortController();
		const leave = () => gone.abort();
		socket.once('close', leave);
		const result = await this.#queue.run(from, gone.signal, async () => {
			if (this.#penalties.isRefused(from)) {
				return undefined;
			}

			const account = await compare();
			if (!account) {
				this.#penalties.add(from);
			}

			return {account};
		});
		socket.off('close', leave);
		return result ? result.account : 'refused';
	}
}
