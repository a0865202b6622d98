// Who is at the other end. A user is known only by a request that proves it: one that is signed with a key of the account,
// or the right answer to the password prompt. To ask whether a key would do proves nothing, and gives nothing. Every way to
// fail looks the same from outside, whether the user exists or not, and whether the account is locked or not. A lock is of the
// password: a key of a locked account signs in, as it does past pam_faillock(8), for nobody guesses keys.
import {setTimeout} from 'node:timers/promises';
import type {AuthContext, AuthenticationType, KeyboardAuthContext, ParsedKey, PublicKeyAuthContext} from 'ssh2';
import {type Account, readAccounts} from '../appliance/users/accounts.js';
import type {Layout} from '../appliance/layout.js';
import {tryPassword} from '../appliance/users/lockout.js';
import {sshFingerprint} from '../ssh-keys/public-key.js';
import {authorizedKey, isSignedBy} from './verify-public-key.js';
import type {Limits} from './limits.js';
import type {Recorder} from './recorder.js';
import {isSshRole, sshRoles, type AuthenticatedUser} from './session-request.js';

const methods: AuthenticationType[] = ['publickey', 'keyboard-interactive'];

export type SignInOptions = {
	layout: Layout;
	limits: Limits;
	record: Recorder;
	/** The address at the other end. */
	from: string;
	now: () => Date;
	/** Ends the connection at once. */
	hangUp: () => void;
	/** Aborted when the connection is over. */
	signal: AbortSignal;
};

/** The requests to sign in of one connection. */
export class SignIn {
	/** Who has proven to be there; of use once ssh2 says that the client is ready. */
	authenticated: AuthenticatedUser | undefined;
	#failures = 0;
	#asked = false;

	constructor(private readonly options: SignInOptions) {}

	/** Answers one request. Rejects when the accounts cannot be read or the sign-in cannot be recorded. */
	async answer(request: AuthContext): Promise<void> {
		if (request.method === 'publickey') {
			return this.#byKey(request);
		}

		if (request.method === 'keyboard-interactive') {
			return this.#byPassword(request);
		}

		// Clients ask once without proof, to learn what there is (RFC 4252, 5.2). More of that, and other methods, count.
		if (request.method === 'none' && !this.#asked) {
			this.#asked = true;
			request.reject(methods);
		} else {
			this.#failures++;
			this.#reject(request);
		}
	}

	async #byKey(request: PublicKeyAuthContext): Promise<void> {
		const account = (await readAccounts(this.options.layout.accounts))[request.username];
		const key = authorizedKey(account?.authorizedKeys ?? [], request.key);
		if (key && !request.signature) {
			request.accept(); // ssh2 takes this for "a signature would do", not for a sign-in.
		} else if (account && key && isSignedBy(key, request)) {
			await this.#admit(request, account, key);
		} else {
			this.#failures++;
			await this.#refuse(request, request.signature !== undefined);
		}
	}

	async #byPassword(request: KeyboardAuthContext): Promise<void> {
		const password = await promptedPassword(request, this.options.signal);
		// Counted before it is checked: a client that sends many answers at once has no more tries than others.
		if (this.options.signal.aborted || ++this.#failures > this.options.limits.tries) {
			return this.options.hangUp();
		}

		const {layout, from, now} = this.options;
		const tried = password === undefined ? 'wrong' : await tryPassword(layout, {user: request.username, password, roles: sshRoles, from, now: now()});
		if (typeof tried !== 'string') {
			return this.#admit(request, tried);
		}

		await setTimeout(this.options.limits.failureDelay, undefined, {signal: this.options.signal}).catch(() => undefined);
		await this.#refuse(request, true, tried === 'locked' ? {result: 'locked'} : {});
	}

	async #admit(request: PublicKeyAuthContext | KeyboardAuthContext, {role}: Account, key?: ParsedKey): Promise<void> {
		if (this.options.signal.aborted || !isSshRole(role)) {
			return this.#refuse(request, true);
		}

		const authenticated: AuthenticatedUser = {user: request.username, role};
		const proof = key ? {method: 'publickey', key: sshFingerprint(key.getPublicSSH())} : {method: 'password'};
		await this.options.record({event: 'ssh-sign-in', ...authenticated, ...proof});
		this.authenticated = authenticated;
		request.accept();
	}

	async #refuse(request: AuthContext, worthALine: boolean, reason: {result?: string} = {}): Promise<void> {
		if (worthALine) {
			await this.options.record({event: 'ssh-refused', user: request.username.slice(0, 64), method: request.method, ...reason});
		}

		this.#reject(request);
	}

	#reject(request: AuthContext): void {
		request.reject(methods);
		if (this.#failures >= this.options.limits.tries) {
			this.options.hangUp();
		}
	}
}

/** The answer to the one prompt; undefined when the client gives none, or leaves. */
async function promptedPassword(request: KeyboardAuthContext, signal: AbortSignal): Promise<string | undefined> {
	const {promise, resolve} = Promise.withResolvers<string[] | Error | undefined>();
	signal.addEventListener('abort', () => resolve(undefined), {once: true});
	request.prompt([{prompt: 'Password: ', echo: false}], resolve);
	const answers = await promise; // An Error when another request has taken this one's place.
	return Array.isArray(answers) && answers.length === 1 ? answers[0] : undefined;
}
