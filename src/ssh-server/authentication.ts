// Authenticates users, by a request that is signed with a key of the account or by the account's password. A query whether a key
// would be accepted authenticates nobody. Every failure looks the same to the client, whether the user exists or not, and whether
// the account is locked or not. Locks apply to passwords only, as with pam_faillock(8): keys cannot be guessed.
import {setTimeout} from 'node:timers/promises';
import type {AuthContext, AuthenticationType, KeyboardAuthContext, ParsedKey, PublicKeyAuthContext} from 'ssh2';
import type {Account} from '../appliance/users/accounts.js';
import type {Layout} from '../appliance/layout.js';
import {tryPassword} from '../appliance/users/lockout.js';
import {sshFingerprint} from '../ssh-keys/public-key.js';
import {authorizedKey, isSignedBy} from './verify-public-key.js';
import type {Limits} from './limits.js';
import type {PasswordQueue} from '../appliance/users/password-queue.js';
import type {SourcePenalties} from '../appliance/users/source-penalties.js';
import type {Recorder} from './recorder.js';
import {keyAccount, passwordUser} from './key-account.js';
import {sshRoles, type AuthenticatedUser} from './session-request.js';

/** Requests of one connection, accepted queries included, after which it is closed: as many as OpenSSH answers (auth2.c). */
const maxRequests = 1024;

const methods: AuthenticationType[] = ['publickey', 'keyboard-interactive'];

export type AuthenticationOptions = {
	layout: Layout;
	limits: Limits;
	recorder: Recorder;
	/** The client's address. */
	from: string;
	now: () => Date;
	/** Shared by all connections. */
	passwords: PasswordQueue;
	penalties: SourcePenalties;
	/** Ends the connection immediately. */
	disconnect: () => void;
	/** Aborted when the connection is over. */
	signal: AbortSignal;
};

/** The authentication requests of one connection. */
export class Authentication {
	/** The user, once ssh2 has emitted `ready`. */
	authenticated: AuthenticatedUser | undefined;
	#requests = 0;
	#failures = 0;
	#asked = false;

	constructor(private readonly options: AuthenticationOptions) {}

	/** Answers one request. Rejects when the accounts cannot be read. */
	async answer(request: AuthContext): Promise<void> {
		if (++this.#requests > maxRequests) {
			return this.options.disconnect();
		}

		if (request.method === 'publickey') {
			return this.#byKey(request);
		}

		if (request.method === 'keyboard-interactive') {
			return this.#byPassword(request);
		}

		// Clients send `none` once to learn the methods (RFC 4252, section 5.2). Repetitions and other methods count as failures.
		if (request.method === 'none' && !this.#asked) {
			this.#asked = true;
			request.reject(methods);
		} else {
			this.#failures++;
			this.#reject(request);
		}
	}

	async #byKey(request: PublicKeyAuthContext): Promise<void> {
		const account = await keyAccount(this.options.layout, request.username);
		const key = authorizedKey(account?.authorizedKeys ?? [], request.key);
		if (key && !request.signature) {
			request.accept(); // Without a signature ssh2 answers SSH_MSG_USERAUTH_PK_OK, which is no login.
		} else if (account && key && isSignedBy(key, request)) {
			await this.#admit(request, account.user(key), key);
		} else {
			this.#failures++;
			await this.#refuse(request, request.signature !== undefined);
		}
	}

	async #byPassword(request: KeyboardAuthContext): Promise<void> {
		const password = await promptedPassword(request, this.options.signal);
		// Counted before the check: a client that sends many answers at once gets no more tries.
		if (this.options.signal.aborted || ++this.#failures > this.options.limits.tries) {
			return this.options.disconnect();
		}

		const tried = password === undefined ? 'wrong' : await this.#check(request.username, password);
		if (tried !== undefined && typeof tried !== 'string') {
			return this.#admit(request, passwordUser(request.username, tried));
		}

		await setTimeout(this.options.limits.failureDelayMs, undefined, {signal: this.options.signal}).catch(() => undefined);
		await this.#refuse(request, true, tried === 'wrong' ? {} : {result: tried ?? 'disconnected'});
	}

	/** Checks a password in turn. Resolves with undefined when the client has disconnected before that. */
	async #check(user: string, password: string): Promise<Account | 'wrong' | 'locked' | 'penalty' | undefined> {
		const {layout, from, now, passwords, penalties, signal, recorder} = this.options;
		return passwords.run(from, signal, async () => {
			if (penalties.isRefused(from)) {
				return 'penalty';
			}

			const tried = await tryPassword(layout, {user, password, roles: sshRoles, from, now: now()});
			if (typeof tried === 'string' && penalties.add(from)) {
				await recorder.recordLimited({event: 'ssh-penalty'});
			}

			return tried;
		});
	}

	async #admit(
		request: PublicKeyAuthContext | KeyboardAuthContext,
		authenticated: AuthenticatedUser | undefined,
		key?: ParsedKey,
	): Promise<void> {
		if (this.options.signal.aborted || !authenticated) {
			return this.#refuse(request, true);
		}

		const method = key ? {method: 'publickey', key: sshFingerprint(key.getPublicSSH())} : {method: 'password'};
		await this.options.recorder.record({event: 'ssh-sign-in', ...authenticated, ...method});
		this.authenticated = authenticated;
		request.accept();
	}

	async #refuse(request: AuthContext, isRecorded: boolean, reason: {result?: string} = {}): Promise<void> {
		if (isRecorded) {
			await this.options.recorder.recordLimited({
				event: 'ssh-refused',
				user: request.username.slice(0, 64),
				method: request.method,
				...reason,
			});
		}

		this.#reject(request);
	}

	#reject(request: AuthContext): void {
		request.reject(methods);
		if (this.#failures >= this.options.limits.tries) {
			this.options.disconnect();
		}
	}
}

/** The answer to the prompt; undefined when the client gives none or disconnects. */
async function promptedPassword(request: KeyboardAuthContext, signal: AbortSignal): Promise<string | undefined> {
	const {promise, resolve} = Promise.withResolvers<string[] | Error | undefined>();
	signal.addEventListener('abort', () => resolve(undefined), {once: true});
	request.prompt([{prompt: 'Password: ', echo: false}], resolve);
	const answers = await promise; // An Error when another request has replaced this one.
	return Array.isArray(answers) && answers.length === 1 ? answers[0] : undefined;
}
