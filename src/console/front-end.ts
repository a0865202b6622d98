import type {Conversation} from './conversation.js';
import type {CertificateNote} from './header.js';
import type {HangUpReason} from './idle.js';
import type {MenuPlace, User} from './state.js';

/** A conversation of a session. */
export type SessionConversation = Conversation & {
	/** What was typed at the last pause. */
	readonly typedAhead: string;
};

/** How a session is shown: on a screen, or in plain lines. After a hang-up everything that waits for input rejects with Cancelled. */
export interface FrontEnd {
	/** Starts a conversation under a title. */
	conversation(title: string): SessionConversation;
	/** Shows a menu and resolves with what is entered. */
	menu(place: MenuPlace, certificate: CertificateNote | undefined): Promise<string>;
	/** The path of the highlighted item of the menu at `path`. */
	highlighted(path: readonly string[]): readonly string[];
	signedIn(user: User): void;
	/** Counts this work as in progress. Settles as the work does. */
	during<Result>(work: () => Promise<Result>): Promise<Result>;
	/** Shows that the session ends because of a fault, with its reference in the log, and waits for Enter where it can. */
	crash(reference: string): Promise<void>;
	/** Hangs up after this many idle seconds, until it is disposed of; 0 means never. */
	hangUpWhenIdle(seconds: number): Disposable;
	/** Why the session was hung up; undefined while it is connected. */
	readonly hungUp: HangUpReason | undefined;
}
