// One connection of the document's Figure 2: how it went, what was presented and expected, and what to do when it fails.
import {fingerprintOf} from '../certificates/parse/pem.js';
import {fixFor, narrowed, type Places} from './fixes.js';
import type {Report} from './reports.js';
import type {Reason} from '../tls-refusal.js';

export type ConnectionResult = {
	/** As in the figure. */
	number: 1 | 2 | 3 | 4 | 5 | 6;
	from: string;
	to: string;
	ok: boolean;
	/** One line of printable ASCII, at most 60 characters. */
	result: string;
};

/** What a server presented, and what the other side takes. Fingerprints are SHA-256. */
export type Presented = {
	by: 'Tanium Server' | 'Module Server';
	/** Null when nothing was presented. */
	presented: string | null;
	/** The file with the certificates that are taken. */
	expectedIn: string;
	/** What that file holds; null when it is on an appliance that does not tell. */
	expected: string[] | null;
};

export type Connection = ConnectionResult & {
	/** For each side that presents a certificate; empty for the connection without TLS. */
	certificates: Presented[];
	/** Null when it works; so is the fix. */
	reason: Reason | null;
	/** What to do, in one or two sentences. */
	fix: string | null;
};

/** What is known beside a connection's own report: what the Tanium Server presents, what trusted.crt holds, where the servers are. */
export type Seen = {taniumServer?: Buffer | undefined; moduleServer?: Buffer | undefined; listed?: string[] | undefined; places: Places};

type Reported = Report & Pick<Connection, 'number' | 'from' | 'to' | 'certificates'>;

/** A connection with the reason and the fix of its failure. */
export function detailed(
	{number, from, to, ok, result, reason = 'no-answer', at = 'taniumserver', certificates}: Reported,
	seen: Seen,
): Connection {
	const connection = {number, from, to, ok, result: result.replaceAll(/[^ -~]+/g, '?').slice(0, 60), certificates};
	if (ok) {
		return {...connection, reason: null, fix: null};
	}

	const {taniumServer, moduleServer, listed, places} = seen;
	const isRefused = reason === 'refused-by-peer'; // Then it is the Tanium Server's certificate, whichever server says so.
	const certificate = isRefused || at === 'taniumserver' ? taniumServer : moduleServer;
	const isListed = taniumServer && listed?.includes(fingerprintOf(taniumServer));
	const now = new Date();
	const exact = narrowed(reason, {certificate, isListed}, now);
	return {...connection, reason: exact, fix: fixFor({reason: exact, at: isRefused && exact !== reason ? 'taniumserver' : at}, places, now)};
}

/** What a server presents (DER; undefined when it does not answer) beside what a file of the other side holds. */
export function shownBy(by: Presented['by'], der: Buffer | undefined, expectedIn: string, expected: string[] | undefined): Presented {
	return {by, presented: der ? fingerprintOf(der) : null, expectedIn, expected: expected ?? null};
}
