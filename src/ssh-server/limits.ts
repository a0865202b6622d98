import type {QuotaLimits} from '../sftp/jail/quota.js';

/** What strangers and users may take of the server. */
export type Limits = {
	/** How long a connection may take until somebody is signed in, in milliseconds (sshd's LoginGraceTime). */
	graceTime: number;
	/** Connections of all addresses on which nobody is signed in yet (sshd's MaxStartups). */
	unauthenticated: number;
	/** The same for one address (sshd's PerSourceMaxStartups). */
	unauthenticatedPerAddress: number;
	/** All connections. */
	connections: number;
	/** Failed attempts to sign in on one connection, after which it is closed (sshd's MaxAuthTries). */
	tries: number;
	/** How long the answer to a wrong password is held back, in milliseconds, on top of what checking it takes. */
	failureDelay: number;
	/** Shells, commands and subsystems at once on one connection (sshd's MaxSessions). */
	sessions: number;
	/** What /incoming may hold. Certificates and keys are a thousand times smaller. */
	incoming: QuotaLimits;
};

export const defaultLimits: Limits = {
	graceTime: 120_000,
	unauthenticated: 50,
	unauthenticatedPerAddress: 20,
	connections: 200,
	tries: 6,
	failureDelay: 1000,
	sessions: 10,
	incoming: {bytes: 64 * 1024 * 1024, fileBytes: 16 * 1024 * 1024, entries: 1000},
};
