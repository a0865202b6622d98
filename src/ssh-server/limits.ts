import type {QuotaLimits} from '../sftp/jail/quota.js';
import type {PenaltyLimits} from '../appliance/users/source-penalties.js';

/** The limits of the server, each with its option in sshd_config(5) where there is one. */
export type Limits = {
	/** Milliseconds until a connection must be authenticated (LoginGraceTime). */
	loginGraceMs: number;
	/** Concurrent unauthenticated connections (MaxStartups). */
	unauthenticated: number;
	/** Concurrent unauthenticated connections from one address (PerSourceMaxStartups). */
	unauthenticatedPerAddress: number;
	/** Concurrent connections in total. */
	connections: number;
	/** Failed authentications after which a connection is closed (MaxAuthTries). */
	tries: number;
	/** Milliseconds by which the answer to a wrong password is delayed. */
	failureDelayMs: number;
	/** Concurrent sessions on one connection (MaxSessions). */
	sessions: number;
	/** Penalties for failed passwords, by address (PerSourcePenalties). */
	penalties: PenaltyLimits;
	/** The quota of /incoming. Certificates and keys are a thousand times smaller. */
	incoming: QuotaLimits;
};

export const defaultLimits: Limits = {
	loginGraceMs: 120_000,
	unauthenticated: 50,
	unauthenticatedPerAddress: 20,
	connections: 200,
	tries: 6,
	failureDelayMs: 1000,
	sessions: 10,
	penalties: {failureSeconds: 5, thresholdSeconds: 15, maxSeconds: 600, maxAddresses: 10_000},
	incoming: {bytes: 64 * 1024 * 1024, fileBytes: 16 * 1024 * 1024, entries: 1000},
};
