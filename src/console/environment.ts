import type {By} from '../appliance/by.js';
import {machineOf, type Identity} from '../appliance/identity.js';
import {describeMachine} from '../appliance/roles.js';
import type {Layout} from '../appliance/layout.js';
import type {ReadOptions} from '../appliance/uploads.js';
import type {RunConversion} from '../certificates/conversion/conversion.js';
import type {Expiry} from '../certificates/describe/expiry.js';
import type {RemoteModuleServer} from '../installation/module-server.js';
import type {Target} from '../installation/target.js';
import type {Services} from '../services/service.js';
import type {Conversation} from './conversation.js';
import type {Header} from './header.js';
import type {After} from './idle.js';
import type {User} from './state.js';

/** The appliance that a console belongs to, and what the console may do to it. */
export type ConsoleEnvironment = {
	layout: Layout;
	identity: Identity;
	services: Services;
	/** Present when the Module Server is on another appliance. */
	moduleServer?: RemoteModuleServer;
	/** The pairs of a Linux host that can be replaced; absent on an appliance. */
	targets?(): Promise<readonly Target[]>;
	/** The users of a Linux host who have a role; absent on an appliance. */
	users?(): Promise<readonly User[]>;
	/** Where uploads are converted, if not in a thread of this process. */
	convert?: RunConversion;
	/** Whether an upload is being written, where the SFTP server does not mark it (appliance/upload-incomplete.ts). */
	isBeingWritten?: ReadOptions['isBeingWritten'];
	/** The version of this software. */
	version: string;
	/** Where the user connects from, for the audit log: `console`, or an address. */
	from: string;
	/** The SSH server as the user reached it, for examples. */
	reachedAt: {host: string; port: number};
	/** The first lines of the sign-in screen. */
	greeting: readonly string[];
	now(): Date;
	/** When the certificate that expires first of those installed here ends; undefined when none can be read. */
	expiry(): Promise<Expiry | undefined>;
	/** The timer that measures idle time; real time unless a test replaces it. */
	after?: After;
	/**
	 * Brings the appliance up: completes or undoes an interrupted installation, and starts stopped services. Shows longer work as
	 * steps. Resolves with notices for the next user who signs in, one sentence each.
	 */
	bringUp(conversation: Pick<Conversation, 'step'>): Promise<string[]>;
	/** Records that an administrator has read these notices. */
	acknowledge(notices: readonly string[]): Promise<void>;
};

/** What the header of a console in this environment says. */
export function headerOf({identity, version}: Pick<ConsoleEnvironment, 'identity' | 'version'>): Header {
	const machine = machineOf(identity);
	return {name: identity.name, role: describeMachine(machine), machine, version};
}

/** The environment with its signed-in user. */
export type ConsoleSession = ConsoleEnvironment & {
	user: User;
	/** The idle time of this session, read when it began; absent for a single command. */
	menuTimeoutSeconds?: number;
};

/** The signed-in user, for the audit log and for records. */
export function userOf({user, from}: ConsoleSession): By {
	return {user: user.name, from};
}

/** A menu leaf. It does not know which front end shows the conversation. */
export type Flow = (conversation: Conversation, session: ConsoleSession) => Promise<void | FlowEnd>;

/** What a flow may ask the session to do when it ends. */
export type FlowEnd = 'sign-out';
