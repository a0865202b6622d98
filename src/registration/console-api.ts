// A client of a Tanium Server's API. The server must present a known certificate; otherwise no request, and so no password, is sent.
import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {request} from 'node:https';
import {isIP} from 'node:net';
import {consoleOf, type Endpoint, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {Place} from '../appliance/server-places.js';
import {certificatesIn, toPem} from '../certificates/parse/pem.js';
import {messageOf, Problem} from '../problem.js';
import {findingIn} from '../tls-refusal.js';

export type Call = {
	method: 'GET' | 'POST';
	path: string;
	body?: unknown;
	/** In milliseconds. */
	timeout?: number;
};

const differs = 'it presents a different certificate';

export type Reply = {status: number; body: string};

/** A Tanium Server and the certificate, as DER, that it must present. */
export type TaniumServer = {place: Place; endpoint: Endpoint; certificate: Buffer};

/** The Tanium Server of this appliance, with the installed certificate. Rejects as leafIn() does. */
export async function ownTaniumServer(layout: Layout, identity: Identity): Promise<TaniumServer> {
	const place = {name: identity.name, port: identity.ports.console};
	return {place, endpoint: consoleOf(identity), certificate: await leafIn(layout.soapCertificate)};
}

/**
 * Calls the API. Rejects with Problem `other-certificate`, `certificate-not-current` or `not-answered` (the request was sent, so it may
 * have been carried out), or with the system's or TLS's error when the server cannot be reached.
 */
export async function callConsole({endpoint, certificate}: TaniumServer, call: Call): Promise<Reply> {
	const {host, port, servername} = endpoint;
	const {method, path, body, timeout = 10_000} = call;
	const {promise, resolve, reject} = Promise.withResolvers<Reply>();
	let isVerified = false;
	const fail = (error: unknown) => {
		reject(isVerified ? unanswered(error, timeout) : unverified(error));
	};
	const asked = request(
		{
			host,
			port,
			...(isIP(servername) === 0 && {servername}), // RFC 6066 section 3.
			method,
			path,
			headers: {'content-type': 'application/json'},
			agent: false,
			signal: AbortSignal.timeout(timeout),
			ca: toPem('CERTIFICATE', certificate),
			allowPartialTrustChain: true,
			checkServerIdentity: (_, {raw}) => (raw.equals(certificate) ? undefined : new Problem('other-certificate', differs)),
		},
		response => {
			const parts: Buffer[] = [];
			response
				.on('data', (part: Buffer) => parts.push(part))
				.on('error', fail)
				.on('end', () => {
					resolve({status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8')});
				});
		},
	);
	asked.on('socket', socket => {
		socket.once('secureConnect', () => {
			isVerified = true;
		});
	});
	asked.on('error', fail).end(body === undefined ? undefined : JSON.stringify(body));
	return promise;
}

function unanswered(error: unknown, timeout: number): Problem {
	const isLate = error instanceof Error && error.name === 'TimeoutError';
	const what = isLate
		? `it did not answer within ${timeout / 1000} seconds`
		: `it ended the connection before it answered (${messageOf(error)})`;
	return new Problem('not-answered', what, '', {cause: error});
}

function unverified(error: unknown): unknown {
	const found = findingIn(error);
	if (found === 'expired' || found === 'clock') {
		const what = found === 'expired' ? 'its certificate has expired' : 'its certificate is not valid yet';
		return new Problem('certificate-not-current', `${what}, by the clock of this appliance`, '', {cause: error});
	}

	return found === 'untrusted-issuer' ? new Problem('other-certificate', differs, '', {cause: error}) : error;
}

/** The DER of a certificate file's first certificate. Rejects with the system's error, or when there is none. */
export async function leafIn(file: string): Promise<Buffer> {
	return new X509Certificate(certificatesIn(await readFile(file))[0] ?? '').raw;
}
