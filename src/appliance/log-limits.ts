// The limits of everything that is logged: the audit log, and the logs of the services.

/** How large a log becomes before it is rotated, and how many files it has then, the current one included. */
export type RotationLimits = {maxBytes: number; maxFiles: number};

/** 100 MB of audit log: about 500,000 events. */
export const auditRotation: RotationLimits = {maxBytes: 10 * 1024 * 1024, maxFiles: 10};

/** For each service, and for the server of SSH and SFTP. */
export const serviceLogRotation: RotationLimits = {maxBytes: 5 * 1024 * 1024, maxFiles: 5};

/** Characters of one value. A longer one is cut, and a mark says so; stack traces are our own, and longer. */
export const maxValueLength = 1024;
export const maxStackLength = 8192;

/** Entries of one list. */
export const maxListLength = 50;

/** The free space that a change needs on the disk of the audit log, so that its outcome can be logged as well. */
export const reserveBytes = 64 * 1024;

/** Events that one process keeps in memory while the audit log cannot be written. */
export const maxKeptEvents = 2000;

/** How often a process tries to log what it has kept, in milliseconds. */
export const retryMs = 5000;

/** A number of events at once, and how many a minute after that. */
export type RateLimit = {burst: number; perMinute: number};

export type RateLimits = {
	/** For each address. */
	perSource: RateLimit;
	/** For all addresses together. */
	inAll: RateLimit;
	/** Addresses to remember. Beyond that, the ones that were quiet the longest are forgotten. */
	maxSources: number;
};

/** What anybody on the network can cause, such as failed sign-ins. */
export const networkRate: RateLimits = {
	perSource: {burst: 30, perMinute: 6},
	inAll: {burst: 200, perMinute: 30},
	maxSources: 10_000,
};

/**
 * What users do who have signed in, such as uploads: for each user and kind of event, so that many uploads do not hide a sign-in, nor one
 * user another. The number of users is bounded.
 */
export const userRate: RateLimits = {
	perSource: {burst: 1000, perMinute: 20},
	inAll: {burst: Number.POSITIVE_INFINITY, perMinute: 0},
	maxSources: 1000,
};

/** Lines of a service that a request or a connection can cause. */
export const serviceLogRate: RateLimits = {perSource: {burst: 100, perMinute: 30}, inAll: {burst: 100, perMinute: 30}, maxSources: 1};

/** How often it is said how many were not logged, in milliseconds. */
export const summaryMs = 60_000;
