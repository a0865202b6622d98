import type {Duplex, Writable} from 'node:stream';
import type {AccountRole} from '../appliance/users/accounts.js';

/** The roles that come in over SSH. */
export const sshRoles = ['tanadmin', 'tanuser', 'tancopy'] as const satisfies AccountRole[];
export type SshRole = (typeof sshRoles)[number];

/** Somebody who has signed in. */
export type AuthenticatedUser = {user: string; role: SshRole};

export function isSshRole(role: AccountRole): role is SshRole {
	return sshRoles.some(known => known === role);
}

/** A terminal at the other end of a line. Its size is never 0: what a client does not know is taken for 80 by 24. */
export type ClientTerminal = {
	/** TERM, as the client has it. */
	type: string;
	size: TerminalSize;
	/** Calls `listener` with the new size each time it changes. */
	onResize(listener: (size: TerminalSize) => void): void;
};

export type TerminalSize = {columns: number; rows: number};

/** The environment variables that a client may send (sshd's AcceptEnv). */
export const acceptedVariables = ['NO_COLOR', 'TANOS_READY_MARK'] as const;
export type AcceptedVariable = (typeof acceptedVariables)[number];

/** Somebody who came for a console, or to have one command run. */
export type SshSessionRequest = {
	user: string;
	/** The address that they come from. */
	from: string;
	role: Exclude<SshRole, 'tancopy'>;
	/** Absent for a console. */
	command?: string;
	/** The terminal at the other end, when there is one. */
	terminal?: ClientTerminal;
	/** Of the environment variables that the client sent, those that mean something here. */
	environment: Readonly<Partial<Record<AcceptedVariable, string>>>;
	stream: Duplex;
	errors: Writable;
	/** Aborted when the visitor is gone. */
	signal: AbortSignal;
};

/** Receives a visit, and resolves to its exit status. It ends in its own time when the visitor is gone, but it ends. */
export type SessionHandler = (visit: SshSessionRequest) => Promise<number>;

/** For a server that only copies files. */
export async function refuseSession({errors, terminal}: SshSessionRequest): Promise<number> {
	errors.write(`This server has no console.${terminal ? '\r\n' : '\n'}`);
	return 1;
}
