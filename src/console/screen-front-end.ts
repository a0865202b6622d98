import {describeRole} from '../appliance/roles.js';
import {installedExpiry} from '../appliance/installed-expiry.js';
import {describeExpiry} from './describe-expiry.js';
import type {FrontEnd, SessionConversation} from './front-end.js';
import {hangUpWhenIdle, type HangUpReason} from './idle.js';
import {menuAt} from './menus.js';
import {ScreenConversation} from './screen-conversation.js';
import {Session, type Ending} from './session.js';
import {menuView, type MenuPlace, type User} from './state.js';
import {Store} from './store.js';
import type {ConsoleEnvironment} from './environment.js';

/** A session on a screen: `store` holds the state that is drawn and receives the keys. */
export type ScreenSession = {store: Store; ended: Promise<Ending>};

/** Starts a session on a screen of this size. `known` is the user, when already authenticated, as over SSH. */
export function screenSession(environment: ConsoleEnvironment, size: {columns: number; rows: number}, known?: User): ScreenSession {
	const {name, role} = environment.identity;
	const store = new Store({
		appliance: {name, role: describeRole(role), kind: role, version: environment.version},
		...size,
		view: {kind: 'conversation', title: 'Sign In', entries: [], question: undefined, selected: 0, scroll: 0, notice: ''},
		line: '',
	});
	return {store, ended: new Session(environment, new ScreenFrontEnd(store, environment), known).ended};
}

class ScreenFrontEnd implements FrontEnd {
	constructor(
		private readonly store: Store,
		private readonly environment: ConsoleEnvironment,
	) {}

	get hungUp(): HangUpReason | undefined {
		return this.store.hungUp;
	}

	hangUpWhenIdle(seconds: number): Disposable {
		return hangUpWhenIdle(this.store, seconds, this.environment.after);
	}

	conversation(title: string): SessionConversation {
		return new ScreenConversation(this.store, title);
	}

	async menu(place: MenuPlace): Promise<string> {
		if (place.path.length === 0) {
			const expiry = await installedExpiry(this.environment.layout, this.environment.now());
			this.store.change(expiry ? {certificate: describeExpiry(expiry)} : {});
		}

		const {user, appliance} = this.store.state;
		this.store.change({line: '', view: menuView(place, user?.role ?? 'tanuser', appliance.kind)});
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
