import type {Conversation} from './conversation.js';
import type {HungUp} from './idle.js';
import type {User} from './state.js';

/** A conversation of a session. */
export type SessionConversation = Conversation & {
	/** What was typed at the last pause. */
	readonly typedAhead: string;
};

/** Where in the menus somebody is. */
export type MenuPlace = {
	path: readonly string[];
	/** The path used last; its item is highlighted. */
	last: readonly string[];
	/** A word about what was entered before, or empty. */
	notice: string;
};

/** How a session meets whoever is there: on a screen, or in plain lines. All that waits rejects with Cancelled once nobody is. */
export interface FrontEnd {
	/** Begins a conversation under a title. */
	conversation(title: string): SessionConversation;
	/** Shows a menu, and resolves with what is entered. */
	menu(place: MenuPlace): Promise<string>;
	/** The path of what is highlighted in the menu at `path`. */
	highlighted(path: readonly string[]): readonly string[];
	signedIn(user: User): void;
	/** Counts this work as under way. Settles as it does. */
	during<Result>(work: () => Promise<Result>): Promise<Result>;
	/** Says that the session ends for a fault with this number in the log, and waits until it is read. */
	crash(reference: string): Promise<void>;
	/** Hangs up when nobody presses a key for so many seconds, until it is disposed of; 0 is never. */
	hangUpWhenIdle(seconds: number): Disposable;
	/** Why nobody is asked any more; undefined while somebody is there. */
	readonly hungUp: HungUp | undefined;
}
