// A client of a Tanium Server's API. The server must present a known certificate; otherwise no request, and so no password, is sent.
import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {request} from 'node:https';
import {consoleOf, type Endpoint, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import type {Place} from '../appliance/server-places.js';
import {certificatesIn, toPem} from '../certificates/parse/pem.js';

export type Call = {
	method: 'GET' | 'POST';
	path: string;
	body?: unknown;
	/** In milliseconds. */
	timeout?: number;
};

export type Reply = {status: number; body: string};

/** A Tanium Server and the certificate, as DER, that it must present. */
export type TaniumServer = {place: Place; endpoint: Endpoint; certificate: Buffer};

/** The Tanium Server of this appliance, with the installed certificate. Rejects as leafIn() does. */
export async function ownTaniumServer(layout: Layout, identity: Identity): Promise<TaniumServer> {
	const place = {name: identity.name, port: identity.ports.console};
	return {place, endpoint: consoleOf(identity), certificate: await leafIn(layout.soapCertificate)};
}

/** Calls the API. Rejects with the system's or TLS's error when the server cannot be reached or presents another certificate. */
export async function callConsole({endpoint, certificate}: TaniumServer, call: Call): Promise<Reply> {
	const {method, path, body, timeout = 10_000} = call;
	const {promise, resolve, reject} = Promise.withResolvers<Reply>();
	const asked = request(
		{
			...endpoint,
			method,
			path,
			headers: {'content-type': 'application/json'},
			agent: false,
			signal: AbortSignal.timeout(timeout),
			ca: toPem('CERTIFICATE', certificate),
			allowPartialTrustChain: true,
			checkServerIdentity: (_, {raw}) => (raw.equals(certificate) ? undefined : new Error('it presents a different certificate')),
		},
		response => {
			const parts: Buffer[] = [];
			response
				.on('data', (part: Buffer) => parts.push(part))
				.on('error', reject)
				.on('end', () => {
					resolve({status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8')});
				});
		},
	);
	asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
	return promise;
}

/** The DER of a certificate file's first certificate. Rejects with the system's error, or when there is none. */
export async function leafIn(file: string): Promise<Buffer> {
	return new X509Certificate(certificatesIn(await readFile(file))[0] ?? '').raw;
}
