import {once} from 'node:events';
import {duplexPair} from 'node:stream';
import {connect, createSecureContext, TLSSocket} from 'node:tls';
import type {Pair} from './seeds.js';

/** The certificates that both sides see when a server and a client use this pair with each other. Rejects when TLS fails. */
export async function shakeHands({certificate: cert, key}: Pair): Promise<Buffer[]> {
	const [near, far] = duplexPair();
	const secureContext = createSecureContext({cert, key, ca: []});
	const server = new TLSSocket(near, {isServer: true, secureContext, requestCert: true, rejectUnauthorized: false});
	const client = connect({socket: far, secureContext, rejectUnauthorized: false});
	try {
		const failed = new Promise<never>((_, reject) => {
			server.once('error', reject);
			client.once('error', reject);
		});
		await Promise.race([Promise.all([once(server, 'secure'), once(client, 'secureConnect')]), failed]);
		return [client, server].map(side => side.getPeerCertificate().raw);
	} finally {
		client.destroy();
		server.destroy();
	}
}
