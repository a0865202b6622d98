// What a TLS server really sends: OpenSSL loads the certificate file, and the Certificate message is read off the wire.
import {once} from 'node:events';
import {duplexPair} from 'node:stream';
import {connect, createSecureContext, TLSSocket} from 'node:tls';

const [handshake, certificateMessage] = [22, 11];

/** The certificates, in DER, that a server sends with these files. Rejects when OpenSSL does not load them, or TLS fails. */
export async function sentCertificates({certificate: cert, key}: {certificate: Buffer; key: Buffer}): Promise<Buffer[]> {
	const secureContext = createSecureContext({cert, key, ca: [], maxVersion: 'TLSv1.2'}); // TLS 1.3 encrypts the message.
	const [serverEnd, wireToServer] = duplexPair();
	const [clientEnd, wireToClient] = duplexPair();
	const sent: Buffer[] = [];
	wireToServer.on('data', (bytes: Buffer) => {
		sent.push(bytes);
		wireToClient.write(bytes);
	});
	wireToClient.on('data', (bytes: Buffer) => {
		wireToServer.write(bytes);
	});
	const server = new TLSSocket(serverEnd, {isServer: true, secureContext});
	const client = connect({socket: clientEnd, rejectUnauthorized: false});
	try {
		const failed = once(server, 'error').then(([error]) => {
			throw error as Error;
		});
		failed.catch(() => undefined);
		await Promise.race([once(client, 'secureConnect'), failed]);
		return certificatesIn(messagesIn(Buffer.concat(sent)));
	} finally {
		client.destroy();
		server.destroy();
	}
}

/** The handshake messages of the first flight (RFC 5246 6.2.1): the contents of its records, one after another. */
function messagesIn(stream: Buffer): Buffer {
	const parts: Buffer[] = [];
	for (let at = 0; stream[at] === handshake; at += 5 + stream.readUInt16BE(at + 3)) {
		parts.push(stream.subarray(at + 5, at + 5 + stream.readUInt16BE(at + 3)));
	}

	return Buffer.concat(parts);
}

/** The list in the Certificate message (RFC 5246 7.4.2). */
function certificatesIn(messages: Buffer): Buffer[] {
	let at = 0;
	while (messages[at] !== certificateMessage) {
		at += 4 + messages.readUIntBE(at + 1, 3);
	}

	const list = messages.subarray(at + 7, at + 7 + messages.readUIntBE(at + 4, 3));
	const certificates: Buffer[] = [];
	for (let start = 0; start < list.length; start += 3 + list.readUIntBE(start, 3)) {
		certificates.push(Buffer.from(list.subarray(start + 3, start + 3 + list.readUIntBE(start, 3))));
	}

	return certificates;
}
