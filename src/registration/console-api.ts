// A client of the Tanium Server's API. The server must present the certificate that is installed on disk; otherwise no request,
// and so no password, is sent.
import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {request} from 'node:https';
import {consoleOf, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {certificatesIn, toPem} from '../certificates/parse/pem.js';

export type Call = {
	method: 'GET' | 'POST';
	path: string;
	body?: unknown;
	/** In milliseconds. */
	timeout?: number;
};

export type Reply = {status: number; body: string};

/** Calls the API. Rejects with the system's or TLS's error when the server cannot be reached or presents another certificate. */
export async function callConsole(layout: Layout, identity: Identity, call: Call): Promise<Reply> {
	const {method, path, body, timeout = 10_000} = call;
	const installed = await leafIn(layout.soapCertificate);
	const {promise, resolve, reject} = Promise.withResolvers<Reply>();
	const asked = request(
		{
			...consoleOf(identity),
			method,
			path,
			headers: {'content-type': 'application/json'},
			agent: false,
			signal: AbortSignal.timeout(timeout),
			ca: toPem('CERTIFICATE', installed),
			allowPartialTrustChain: true,
			checkServerIdentity: (_, {raw}) => (raw.equals(installed) ? undefined : new Error('it presents a different certificate')),
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
