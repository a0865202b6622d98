import {audit} from '../appliance/audit.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {roleInWords} from '../appliance/identity.js';
import {Problem, wordsOf} from '../problem.js';
import {Cancelled, sayProblem} from './conversation.js';
import {expiryInWords} from './expiry-words.js';
import {flows} from './flows/index.js';
import {hangUpWhenIdle} from './idle.js';
import {keyTable} from './key-table.js';
import {menuAt, type FlowName} from './menus.js';
import {destinationOf, type Destination} from './navigation.js';
import {ScreenConversation} from './screen-conversation.js';
import {signIn} from './sign-in.js';
import type {User} from './state.js';
import {Store} from './store.js';
import type {FlowEnd, World} from './world.js';

/** Why a session ended. */
export type Ending = 'signed-out' | 'refused' | 'gone' | 'idle' | 'crashed';

/** Where a session is between two entries. */
type Place = {
	path: readonly string[];
	/** The path used last; its item is highlighted. */
	last: readonly string[];
	notice: string;
	/** What was typed ahead, or empty. */
	next: string;
};

/**
 * One console session, from sign-in to log out. `store` is what a screen draws and where its keys go; `ended` resolves when
 * the session is over, and never rejects: what is not a Problem goes to a crash screen, the audit log, and ends this
 * session only.
 */
export class Session {
	readonly store: Store;
	readonly ended: Promise<Ending>;
	#menuTimeoutSeconds = 0;

	constructor(private readonly world: World, size: {columns: number; rows: number}) {
		const {name, role} = world.identity;
		this.store = new Store({
			appliance: {name, role: roleInWords(role), version: world.version},
			...size,
			view: {kind: 'talk', title: 'Sign In', entries: [], question: undefined, selected: 0, scroll: 0, notice: ''},
			line: '',
		});
		this.ended = this.#live();
	}

	async #live(): Promise<Ending> {
		try {
			const talk = new ScreenConversation(this.store, 'Sign In');
			if (this.world.greeting.length > 0) {
				talk.say(this.world.greeting.join('\n'));
			}

			const news = this.store.activity.during(async () => this.world.wake(talk));
			const [user, told] = await Promise.all([signIn(talk, this.world), news]);
			if (!user) {
				return 'refused';
			}

			// Loaded here, so that the first frame does not wait for locks and settings.
			const {beginLogin} = await import('../appliance/logins.js');
			const {readSecuritySettings} = await import('../appliance/security-settings.js');
			await using _login = await beginLogin(this.world.layout, {user: user.name, from: 'console'});
			this.#menuTimeoutSeconds = (await readSecuritySettings(this.world.layout)).menuTimeoutSeconds;
			using _idle = hangUpWhenIdle(this.store, this.#menuTimeoutSeconds, this.world.after);
			this.store.change({user});
			return await this.#menus(user, told.length === 0 ? '' : await this.#tellNews(user, told));
		} catch (error) {
			return error instanceof Cancelled ? this.#givenUp() : error instanceof Problem ? this.#refuse(error) : this.#crash(error);
		}
	}

	/** Nobody is there any more, or nobody came in. */
	async #givenUp(): Promise<Ending> {
		const {hungUp, state: {user}} = this.store;
		if (user) {
			await audit(this.world.layout, {event: 'sign-out', user: user.name, from: 'console', result: hungUp}).catch(() => {});
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
	async #tell(title: string, say: (talk: ScreenConversation) => void): Promise<string> {
		const talk = new ScreenConversation(this.store, title);
		say(talk);
		await talk.pause();
		return talk.typedAhead;
	}

	/** Menus and flows, until log out. */
	async #menus(user: User, next: string): Promise<Ending> {
		let place: Place = {path: [], last: [], notice: '', next};
		for (;;) {
			const entered = place.next === '' ? await this.#menuEntry(place) : place.next;
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
				const talk = new ScreenConversation(this.store, `${destination.path.join('-')}  ${destination.label}`);
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
				await audit(this.world.layout, {event: 'sign-out', user: user.name, from: 'console'});
				return 'signed-out';
			}

			case 'nowhere': {
				return {path, last: this.#highlighted(path), notice: destination.why, next: ''};
			}
		}
	}

	/** Shows a menu with the item highlighted that was used last, and waits for an entry. */
	async #menuEntry({path, last, notice}: Place): Promise<string> {
		if (path.length === 0) {
			const expiry = await installedExpiry(this.world.layout, this.world.now());
			this.store.change(expiry ? {certificate: expiryInWords(expiry)} : {});
		}

		const selected = Math.max(0, menuAt(path).items.findIndex(({key}) => key === last[path.length]));
		this.store.change({line: '', view: {kind: 'menu', path, selected, notice}});
		return this.store.entered();
	}

	#highlighted(path: readonly string[]): readonly string[] {
		const {view} = this.store.state;
		const item = view.kind === 'menu' ? menuAt(path).items[view.selected] : undefined;
		return item ? [...path, item.key] : path;
	}

	async #flow(talk: ScreenConversation, name: FlowName, user: User): Promise<FlowEnd | void> {
		try {
			const flow = await flows[name]();
			return await flow(talk, {...this.world, user, menuTimeoutSeconds: this.#menuTimeoutSeconds});
		} catch (error) {
			if (error instanceof Cancelled) {
				if (this.store.gone) {
					throw error;
				}

				return;
			}

			if (!(error instanceof Problem)) {
				throw error;
			}

			sayProblem(talk, error);
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
			this.store.change({line: '', view: {kind: 'crash', reference}});
			await this.store.entered();
		} catch {
			// Nobody is there to read it.
		}

		return 'crashed';
	}
}
