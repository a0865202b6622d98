import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {Services} from '../services/service.js';
import type {Conversation} from './conversation.js';
import type {After} from './idle.js';
import type {User} from './state.js';

/** The appliance that a console is of, and what a console may do to it. */
export type ConsoleEnvironment = {
	layout: Layout;
	identity: Identity;
	services: Services;
	/** The version of this software. */
	version: string;
	/** Where whoever is there sits, for the audit log: `console`, or the address that they come from. */
	from: string;
	/** What the sign-in screen says first, in lines. */
	greeting: readonly string[];
	now(): Date;
	/** How time passes for the idle time; absent for the usual way. */
	after?: After;
	/**
	 * Brings the appliance to a state in which somebody may work on it: an interrupted installation is finished or undone. Says
	 * what takes time as steps. Resolves with what the next person to sign in should be told, a sentence each.
	 */
	bringUp(conversation: Pick<Conversation, 'step'>): Promise<string[]>;
	/** An administrator has read these sentences. */
	acknowledge(told: readonly string[]): Promise<void>;
};

/** A world with somebody signed in to it. */
export type ConsoleSession = ConsoleEnvironment & {
	user: User;
	/** The idle time of this session, as it was set when it began; absent for a single command. */
	menuTimeoutSeconds?: number;
};

/** Every menu leaf: reads from top to bottom, and does not know who holds the conversation. */
export type Flow = (conversation: Conversation, session: ConsoleSession) => Promise<void | FlowEnd>;

/** What a flow may ask of the session when it ends. */
export type FlowEnd = 'sign-out';
