import {audit} from '../appliance/audit.js';
import {Problem, problemIn, wordsOf} from '../problem.js';
import {Cancelled, sayProblem} from './conversation.js';
import {flows} from './flows/index.js';
import type {Face, MenuPlace, Talk} from './face.js';
import {keyTable} from './key-table.js';
import type {FlowName} from './menus.js';
import {destinationOf, type Destination} from './navigation.js';
import {signIn} from './sign-in.js';
import type {User} from './state.js';
import type {FlowEnd, World} from './world.js';

/** Why a session ended. */
export type Ending = 'signed-out' | 'refused' | 'gone' | 'idle' | 'crashed';

/** Where a session is between two entries. */
type Place = MenuPlace & {
	/** What was typed ahead, or empty. */
	next: string;
};

/**
 * One console session, from sign-in to log out. `ended` resolves when the session is over, and never rejects: what is not a
 * Problem goes to a crash screen, the audit log, and ends this session only.
 */
export class Session {
	readonly ended: Promise<Ending>;
	#user: User | undefined;
	#menuTimeoutSeconds = 0;

	/** `known` is who signed in before the session began, as over SSH; else the session asks. */
	constructor(private readonly world: World, private readonly face: Face, known?: User) {
		this.ended = this.#live(known);
	}

	async #live(known: User | undefined): Promise<Ending> {
		try {
			const talk = this.face.talk(known ? 'Welcome' : 'Sign In');
			if (this.world.greeting.length > 0) {
				talk.say(this.world.greeting.join('\n'));
			}

			const news = this.face.during(async () => this.world.wake(talk));
			const [user, told] = await Promise.all([known ?? signIn(talk, this.world), news]);
			if (!user) {
				return 'refused';
			}

			// Loaded here, so that the first frame does not wait for locks and settings.
			const {beginLogin} = await import('../appliance/logins.js');
			const {readSecuritySettings} = await import('../appliance/security-settings.js');
			await using _login = await beginLogin(this.world.layout, {user: user.name, from: this.world.from});
			this.#menuTimeoutSeconds = (await readSecuritySettings(this.world.layout)).menuTimeoutSeconds;
			using _idle = this.face.hangUpWhenIdle(this.#menuTimeoutSeconds);
			this.#user = user;
			this.face.signedIn(user);
			return await this.#menus(user, told.length === 0 ? '' : await this.#tellNews(user, told));
		} catch (error) {
			return error instanceof Cancelled ? this.#givenUp() : error instanceof Problem ? this.#refuse(error) : this.#crash(error);
		}
	}

	/** Nobody is there any more, or nobody came in. */
	async #givenUp(): Promise<Ending> {
		const {hungUp} = this.face;
		if (this.#user) {
			await audit(this.world.layout, {event: 'sign-out', user: this.#user.name, from: this.world.from, result: hungUp}).catch(() => {});
		}

		return hungUp ?? 'refused';
	}

	/** Tells what happened while nobody was here; once an administrator has read it, it is told no more. */
	async #tellNews(user: User, news: readonly string[]): Promise<string> {
		const next = await this.#tell('Since the Last Session', talk => {
			talk.say(news.join('\n'));
		});
		if (user.role === 'tanadmin') {
			await this.world.acknowledge(news);
		}

		return next;
	}

	/** Says something until Enter. Resolves with what was typed before it. */
	async #tell(title: string, say: (talk: Talk) => void): Promise<string> {
		const talk = this.face.talk(title);
		say(talk);
		await talk.pause();
		return talk.typedAhead;
	}

	/** Menus and flows, until log out. */
	async #menus(user: User, next: string): Promise<Ending> {
		let place: Place = {path: [], last: [], notice: '', next};
		for (;;) {
			const entered = place.next === '' ? await this.face.menu(place) : place.next;
			const after = await this.#go(destinationOf(entered, place.path, user.role), place.path, user);
			if (typeof after === 'string') {
				return after;
			}

			place = after;
		}
	}

	/** Goes where an entry leads; resolves with the place after that, or with the end of the session. */
	async #go(destination: Destination, path: readonly string[], user: User): Promise<Place | Ending> {
		switch (destination.to) {
			case 'menu': {
				return {path: destination.path, last: path, notice: '', next: ''};
			}

			case 'flow': {
				const talk = this.face.talk(`${destination.path.join('-')}  ${destination.label}`);
				const end = await this.#flow(talk, destination.flow, user);
				return end === 'sign-out' ? 'signed-out' : {
					path: destination.path.slice(0, -1), last: destination.path, notice: '', next: talk.typedAhead,
				};
			}

			case 'help': {
				return {path, last: path, notice: '', next: await this.#tell('Keys', talk => {
					talk.table(keyTable.map(({keys, does}) => [keys, does]));
				})};
			}

			case 'log-out': {
				await audit(this.world.layout, {event: 'sign-out', user: user.name, from: this.world.from});
				return 'signed-out';
			}

			case 'nowhere': {
				return {path, last: this.face.highlighted(path), notice: destination.why, next: ''};
			}
		}
	}

	async #flow(talk: Talk, name: FlowName, user: User): Promise<FlowEnd | void> {
		try {
			const flow = await flows[name]();
			return await flow(talk, {...this.world, user, menuTimeoutSeconds: this.#menuTimeoutSeconds});
		} catch (error) {
			if (error instanceof Cancelled) {
				if (this.face.hungUp) {
					throw error;
				}

				return;
			}

			const problem = problemIn(error);
			if (!problem) {
				throw error;
			}

			sayProblem(talk, problem);
			await talk.pause();
		}
	}

	/** Nobody can sign in until this is mended. */
	async #refuse(problem: Problem): Promise<Ending> {
		try {
			await this.#tell('Sign In', talk => {
				sayProblem(talk, problem);
			});
		} catch {
			// Nobody is there to read it.
		}

		return 'refused';
	}

	async #crash(error: unknown): Promise<Ending> {
		let reference = crypto.randomUUID().slice(0, 8);
		const stack = error instanceof Error ? error.stack ?? error.message : wordsOf(error);
		try {
			await audit(this.world.layout, {event: 'crash', reference, stack});
		} catch {
			reference = stack; // Where else would it be said?
		}

		try {
			await this.face.crash(reference);
		} catch {
			// Nobody is there to read it.
		}

		return 'crashed';
	}
}
