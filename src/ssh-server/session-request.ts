import type {Duplex, Writable} from 'node:stream';
import type {AccountRole} from '../appliance/users/accounts.js';

/** The roles that may use SSH. */
export const sshRoles = ['tanadmin', 'tanuser', 'tancopy'] as const satisfies AccountRole[];
export type SshRole = (typeof sshRoles)[number];

/** Who has authenticated: a user, or a member of the array. */
export type AuthenticatedUser = {user: string; role: SshRole} | {user: string; role: 'array'; member: string};

/** A command of a member of the array. Its input and output are JSON. */
export type MemberRequest = {
	/** The name of the member. */
	member: string;
	/** The client's address. */
	from: string;
	command: string;
	stream: Duplex;
};

/** Handles a command of a member and resolves with its exit status. */
export type MemberHandler = (request: MemberRequest) => Promise<number>;

/** For an appliance that serves no array. */
export async function refuseMember(): Promise<number> {
	return 1;
}

export function isSshRole(role: AccountRole): role is SshRole {
	return sshRoles.some(known => known === role);
}

/** The client's terminal. Its size is never 0: an unknown size counts as 80 by 24. */
export type ClientTerminal = {
	/** The client's TERM. */
	type: string;
	size: TerminalSize;
	/** Calls `listener` with the new size each time it changes. */
	onResize(listener: (size: TerminalSize) => void): void;
};

export type TerminalSize = {columns: number; rows: number};

/** The environment variables that a client may set (AcceptEnv). */
export const acceptedVariables = ['NO_COLOR', 'TANOS_READY_MARK'] as const;
export type AcceptedVariable = (typeof acceptedVariables)[number];

/** A request for a console or for one command. */
export type SshSessionRequest = {
	user: string;
	/** The client's address. */
	from: string;
	/** The address and the port of this server that the client has connected to; absent when it has disconnected. */
	server?: {host: string; port: number};
	role: Exclude<SshRole, 'tancopy'>;
	/** Absent for a console. */
	command?: string;
	/** Present when the client requested a pseudo-terminal. */
	terminal?: ClientTerminal;
	/** The accepted variables that the client sent. */
	environment: Readonly<Partial<Record<AcceptedVariable, string>>>;
	stream: Duplex;
	errors: Writable;
	/** Resolves when the connection can take more. */
	drained: () => Promise<void>;
	/** Aborted when the client has disconnected or closed the session. */
	signal: AbortSignal;
	/** Aborted when the server stops: a console ends, and has a moment to restore the terminal. */
	stopping: AbortSignal;
};

/** Handles a request and resolves with its exit status; also, some time after, when the client has disconnected. */
export type SessionHandler = (request: SshSessionRequest) => Promise<number>;

/** For a server without a console. */
export async function refuseSession({errors, terminal}: SshSessionRequest): Promise<number> {
	errors.write(`This server has no console.${terminal ? '\r\n' : '\n'}`);
	return 1;
}
