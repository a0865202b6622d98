import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {connect, createSecureContext, createServer} from 'node:tls';
import {Problem, messageOf} from '../problem.js';
import type {PairBytes} from './change.js';

/** How long the rehearsal may take, in milliseconds. */
const timeoutMs = 5000;

/**
 * Uses a pair as a server and as a client in one mutual TLS handshake on loopback, the way the Tanium Server and the Module
 * Server will use it. Rejects with Problem `rehearsal-failed` when the two do not come to terms.
 */
export async function testHandshake({certificate, key}: PairBytes): Promise<void> {
	try {
		const secureContext = createSecureContext({cert: certificate, key, ca: certificate, allowPartialTrustChain: true});
		// A server takes this context only through the name that the client asks for.
		const server = createServer({
			SNICallback: (_, done) => {
				done(null, secureContext);
			},
			requestCert: true,
			rejectUnauthorized: true,
			minVersion: 'TLSv1.2',
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		try {
			await shakeHands(
				server,
				() =>
					connect({
						host: '127.0.0.1',
						port: (server.address() as AddressInfo).port,
						servername: 'rehearsal',
						secureContext,
						checkServerIdentity: () => undefined, // Names are checked before, against the appliance's own.
					}),
				new X509Certificate(certificate),
			);
		} finally {
			server.close();
		}
	} catch (error) {
		throw new Problem(
			'rehearsal-failed',
			`A TLS handshake with the new pair failed: ${messageOf(error)}.`,
			'Nothing was changed. Ask the CA for a certificate that TLS servers and clients accept.',
			{cause: error},
		);
	}
}

async function shakeHands(
	server: ReturnType<typeof createServer>,
	open: () => ReturnType<typeof connect>,
	leaf: X509Certificate,
): Promise<void> {
	const signal = AbortSignal.timeout(timeoutMs);
	const refused = once(server, 'tlsClientError', {signal}).then(([error]: unknown[]) => {
		throw error;
	});
	const accepted = once(server, 'secureConnection', {signal});
	const client = open();
	try {
		await Promise.race([refused, Promise.all([accepted, once(client, 'secureConnect', {signal})])]);
		if (!client.getPeerX509Certificate()?.raw.equals(leaf.raw)) {
			throw new Error('another certificate was presented');
		}
	} finally {
		refused.catch(() => {});
		accepted.catch(() => {});
		client.destroy();
	}
}
