import {auditOfUser, auditOrKeep} from '../appliance/audit.js';
import {machineOf} from '../appliance/identity.js';
import {Problem, problemIn, messageOf} from '../problem.js';
import {Cancelled, printProblem} from './conversation.js';
import {describeExpiry} from './describe-expiry.js';
import type {Ending} from './ending.js';
import {flows} from './flows/index.js';
import type {FrontEnd, SessionConversation} from './front-end.js';
import type {CertificateNote} from './header.js';
import {keyTable} from './key-table.js';
import type {FlowName} from './flow-names.js';
import {destinationOf, type Destination} from './navigation.js';
import {signIn} from './sign-in.js';
import type {MenuPlace, User} from './state.js';
import type {ConsoleEnvironment, FlowEnd} from './environment.js';

/** The position of a session in the menus between two inputs. */
type Place = MenuPlace & {
	/** What was typed ahead, or empty. */
	next: string;
};

/**
 * One console session, from sign-in to log out. `ended` resolves when the session is over, and never rejects: an error that is
 * not a Problem is logged, shown on a crash screen, and ends only this session.
 */
export class Session {
	readonly ended: Promise<Ending>;
	#user: User | undefined;
	#menuTimeoutSeconds = 0;

	/** `known` is the user, when already authenticated, as over SSH; otherwise the session starts with a sign-in. */
	constructor(
		private readonly environment: ConsoleEnvironment,
		private readonly frontEnd: FrontEnd,
		known?: User,
	) {
		this.ended = this.#live(known);
	}

	async #live(known: User | undefined): Promise<Ending> {
		try {
			const conversation = this.frontEnd.conversation(known ? 'Welcome' : 'Sign In');
			if (this.environment.greeting.length > 0) {
				conversation.print(this.environment.greeting.join('\n'));
			}

			const notices = this.frontEnd.during(async () => this.environment.bringUp(conversation));
			const [user, told] = await Promise.all([known ?? signIn(conversation, this.environment), notices]);
			if (!user) {
				return 'refused';
			}

			// Loaded here, so that the first frame does not wait for locks and settings.
			const {beginLogin} = await import('../appliance/users/logins.js');
			const {readSecuritySettings} = await import('../appliance/users/security-settings.js');
			await using _login = await beginLogin(this.environment.layout, {user: user.name, from: this.environment.from});
			this.#menuTimeoutSeconds = (await readSecuritySettings(this.environment.layout)).menuTimeoutSeconds;
			using _idle = this.frontEnd.hangUpWhenIdle(this.#menuTimeoutSeconds);
			this.#user = user;
			this.frontEnd.signedIn(user);
			return await this.#menus(user, told.length === 0 ? '' : await this.#showNotices(user, told));
		} catch (error) {
			return error instanceof Cancelled ? this.#hungUp() : error instanceof Problem ? this.#refuse(error) : this.#crash(error);
		}
	}

	/** The session was hung up, or nobody signed in. */
	async #hungUp(): Promise<Ending> {
		const {hungUp} = this.frontEnd;
		if (this.#user) {
			await auditOfUser(this.environment.layout, {event: 'sign-out', user: this.#user.name, from: this.environment.from, result: hungUp});
		}

		return hungUp ?? 'refused';
	}

	/** Shows what happened since the last session; once an administrator has read it, it is removed. */
	async #showNotices(user: User, notices: readonly string[]): Promise<string> {
		const next = await this.#showUntilEnter('Since the Last Session', conversation => {
			conversation.print(notices.join('\n'));
		});
		if (user.role === 'tanadmin') {
			await this.environment.acknowledge(notices);
		}

		return next;
	}

	/** Prints something and waits for Enter. Resolves with what was typed before it. */
	async #showUntilEnter(title: string, print: (conversation: SessionConversation) => void): Promise<string> {
		const conversation = this.frontEnd.conversation(title);
		print(conversation);
		await conversation.pause();
		return conversation.typedAhead;
	}

	/** Menus and flows, until log out. */
	async #menus(user: User, next: string): Promise<Ending> {
		let place: Place = {path: [], last: [], notice: '', next};
		for (;;) {
			const entered = place.next === '' ? await this.frontEnd.menu(place, await this.#certificateNote()) : place.next;
			const destination = destinationOf(entered, place.path, user.role, machineOf(this.environment.identity));
			const after = await this.#go(destination, place.path, user);
			if (typeof after === 'string') {
				return after;
			}

			place = after;
		}
	}

	async #certificateNote(): Promise<CertificateNote | undefined> {
		const expiry = await this.environment.expiry();
		return expiry && describeExpiry(expiry);
	}

	/** Follows a destination; resolves with the next place, or with the end of the session. */
	async #go(destination: Destination, path: readonly string[], user: User): Promise<Place | Ending> {
		switch (destination.to) {
			case 'menu': {
				return {path: destination.path, last: this.frontEnd.highlighted(path), notice: '', next: ''};
			}

			case 'flow': {
				const conversation = this.frontEnd.conversation(`${destination.path.join('-')}  ${destination.label}`);
				const end = await this.#flow(conversation, destination.flow, user);
				return end === 'sign-out'
					? 'signed-out'
					: {
							path: destination.path.slice(0, -1),
							last: destination.path,
							notice: '',
							next: conversation.typedAhead,
						};
			}

			case 'help': {
				return {
					path,
					last: this.frontEnd.highlighted(path),
					notice: '',
					next: await this.#showUntilEnter('Keys', conversation => {
						conversation.table(keyTable.map(({keys, does}) => [keys, does]));
					}),
				};
			}

			case 'log-out': {
				await auditOfUser(this.environment.layout, {event: 'sign-out', user: user.name, from: this.environment.from});
				return 'signed-out';
			}

			case 'nowhere': {
				return {path, last: this.frontEnd.highlighted(path), notice: destination.why, next: ''};
			}
		}
	}

	async #flow(conversation: SessionConversation, name: FlowName, user: User): Promise<FlowEnd | void> {
		try {
			const flow = await flows[name]();
			return await flow(conversation, {...this.environment, user, menuTimeoutSeconds: this.#menuTimeoutSeconds});
		} catch (error) {
			if (error instanceof Cancelled) {
				if (this.frontEnd.hungUp) {
					throw error;
				}

				return;
			}

			const problem = problemIn(error);
			if (!problem) {
				throw error;
			}

			printProblem(conversation, problem);
			await conversation.pause();
		}
	}

	/** Shows a problem that prevents the sign-in. */
	async #refuse(problem: Problem): Promise<Ending> {
		try {
			await this.#showUntilEnter('Sign In', conversation => {
				printProblem(conversation, problem);
			});
		} catch {
			// The session was hung up.
		}

		return 'refused';
	}

	async #crash(error: unknown): Promise<Ending> {
		let reference = crypto.randomUUID().slice(0, 8);
		const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
		if (!(await auditOrKeep(this.environment.layout, {event: 'crash', reference, stack}))) {
			reference = stack; // It is not in the log, so it is shown.
		}

		try {
			await this.frontEnd.crash(reference);
		} catch {
			// The session was hung up.
		}

		return 'crashed';
	}
}
