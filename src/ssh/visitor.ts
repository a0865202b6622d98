import type {Duplex, Writable} from 'node:stream';
import type {AccountRole} from '../appliance/accounts.js';

/** The roles that come in over SSH. */
export const sshRoles = ['tanadmin', 'tanuser', 'tancopy'] as const satisfies AccountRole[];
export type SshRole = (typeof sshRoles)[number];

/** Somebody who has signed in. */
export type Visitor = {user: string; role: SshRole};

export function isSshRole(role: AccountRole): role is SshRole {
	return sshRoles.some(known => known === role);
}

/** Somebody who came for a console, or to have one command run. */
export type Visit = {
	user: string;
	role: Exclude<SshRole, 'tancopy'>;
	/** Absent for a console. */
	command?: string;
	/** The terminal at the other end, when there is one. */
	terminal?: {type: string; columns: number; rows: number};
	stream: Duplex;
	errors: Writable;
	/** Aborted when the visitor is gone. */
	signal: AbortSignal;
};

/** Receives a visit, and resolves to its exit status. It ends in its own time when the visitor is gone, but it ends. */
export type Receive = (visit: Visit) => Promise<number>;

/** Receives visits as long as nobody draws a console here. */
export async function receiveWithoutConsole({errors, terminal}: Visit): Promise<number> {
	const line = 'The console and the command line over SSH are not part of this release; sign in at the console.';
	errors.write(`${line}${terminal ? '\r\n' : '\n'}`);
	return 1;
}
