import {installedExpiry} from '../appliance/installed-expiry.js';
import {roleInWords} from '../appliance/identity.js';
import {expiryInWords} from './expiry-words.js';
import type {Face, MenuPlace, Talk} from './face.js';
import {menuAt} from './menus.js';
import {ScreenConversation} from './screen-conversation.js';
import {Session, type Ending} from './session.js';
import type {User} from './state.js';
import {Store} from './store.js';
import type {World} from './world.js';

/** A session on a screen: `store` is what the screen draws and where its keys go. */
export type ScreenSession = {store: Store; ended: Promise<Ending>};

/** Begins a session on a screen of this size. `known` is who signed in before it began. */
export function sessionOnScreen(world: World, size: {columns: number; rows: number}, known?: User): ScreenSession {
	const {name, role} = world.identity;
	const store = new Store({
		appliance: {name, role: roleInWords(role), version: world.version},
		...size,
		view: {kind: 'talk', title: 'Sign In', entries: [], question: undefined, selected: 0, scroll: 0, notice: ''},
		line: '',
	});
	return {store, ended: new Session(world, new ScreenFace(store, world), known).ended};
}

class ScreenFace implements Face {
	constructor(private readonly store: Store, private readonly world: World) {}

	get gone(): boolean {
		return this.store.gone;
	}

	talk(title: string): Talk {
		return new ScreenConversation(this.store, title);
	}

	async menu({path, last, notice}: MenuPlace): Promise<string> {
		if (path.length === 0) {
			const expiry = await installedExpiry(this.world.layout, this.world.now());
			this.store.change(expiry ? {certificate: expiryInWords(expiry)} : {});
		}

		const selected = Math.max(0, menuAt(path).items.findIndex(({key}) => key === last[path.length]));
		this.store.change({line: '', view: {kind: 'menu', path, selected, notice}});
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
