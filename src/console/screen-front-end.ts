import type {FrontEnd, SessionConversation} from './front-end.js';
import type {CertificateNote, Header} from './header.js';
import {hangUpWhenIdle, type After, type HangUpReason} from './idle.js';
import {menuAt} from './menus.js';
import {ScreenConversation} from './screen-conversation.js';
import type {Ending} from './ending.js';
import {Session} from './session.js';
import {menuView, type MenuPlace, type User} from './state.js';
import {Store} from './store.js';
import {headerOf, type ConsoleEnvironment} from './environment.js';

/** A session on a screen: `store` holds the state that is drawn and receives the keys. */
export type ScreenSession = {store: Store; ended: Promise<Ending>};

/** Starts a session on a screen of this size. `known` is the user, when already authenticated, as over SSH. */
export function screenSession(environment: ConsoleEnvironment, size: Size, known?: User): ScreenSession {
	const store = newStore(headerOf(environment), size);
	return {store, ended: new Session(environment, new ScreenFrontEnd(store, environment.after), known).ended};
}

type Size = {columns: number; rows: number};

/** The state of a console of this size before anything is shown. */
export function newStore(header: Header, size: Size): Store {
	return new Store({
		appliance: header,
		...size,
		view: {kind: 'conversation', title: 'Sign In', entries: [], question: undefined, selected: 0, scroll: 0, notice: ''},
		line: '',
	});
}

/** Shows a session by the state that `store` holds. */
export class ScreenFrontEnd implements FrontEnd {
	constructor(
		private readonly store: Store,
		private readonly after?: After,
	) {}

	get hungUp(): HangUpReason | undefined {
		return this.store.hungUp;
	}

	hangUpWhenIdle(seconds: number): Disposable {
		return hangUpWhenIdle(this.store, seconds, this.after);
	}

	conversation(title: string): SessionConversation {
		return new ScreenConversation(this.store, title);
	}

	async menu(place: MenuPlace, certificate: CertificateNote | undefined): Promise<string> {
		const {user, appliance} = this.store.state;
		const view = menuView(place, user?.role ?? 'tanuser', appliance.machine);
		this.store.change({line: '', view, ...(certificate && {certificate})});
		return this.store.entered();
	}

	highlighted(path: readonly string[]): readonly string[] {
		const {view} = this.store.state;
		const item = view.kind === 'menu' ? menuAt(path).items[view.selected] : undefined;
		return item ? [...path, item.key] : path;
	}

	signedIn(user: User): void {
		this.store.change({user});
	}

	async during<Result>(work: () => Promise<Result>): Promise<Result> {
		return this.store.activity.during(work);
	}

	async crash(reference: string): Promise<void> {
		this.store.change({line: '', view: {kind: 'crash', reference}});
		await this.store.entered();
	}
}
