// Trust between the servers is a list of certificates in a file, and a certificate is trusted when that file holds it:
// not its name, not its issuer. OpenSSL's partial chains let a certificate that a CA issued stand as its own anchor.
import {readFile} from 'node:fs/promises';
import type {PeerCertificate, SecureContextOptions, TLSSocket} from 'node:tls';
import {certificatesIn, toPem} from '../certificates/pem.js';
import {hasCode, Problem, wordsOf} from '../problem.js';

/** The certificates that a trust file holds, as DER. */
export type Trusted = readonly Buffer[];

/** Reads a trust file; one that does not exist yet trusts nobody. Rejects with Problem `trust-unreadable`. */
export async function readTrusted(file: string): Promise<Trusted> {
	try {
		return certificatesIn(await readFile(file));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return [];
		}

		throw new Problem('trust-unreadable', `${file} cannot be read as certificates in PEM format: ${wordsOf(error)}`, '', {cause: error});
	}
}

/** TLS options under which OpenSSL accepts the certificates of the list and whatever those have issued. */
export function anchorsOf(trusted: Trusted): SecureContextOptions {
	return {ca: trusted.map(der => toPem('CERTIFICATE', der)), allowPartialTrustChain: true};
}

/** Why the peer of a finished handshake is not to be trusted; undefined when it is. `file` is the trust file's name. */
export function distrust(socket: TLSSocket, trusted: Trusted, file: string): string | undefined {
	const presented = peerOf(socket);
	if (!presented) {
		return 'it presented no certificate';
	}

	if (!trusted.some(der => der.equals(presented))) {
		return `${file} lacks its certificate`;
	}

	return socket.authorized ? undefined : `its certificate is unfit: ${String(socket.authorizationError)}`;
}

/** The DER that the peer presented. (On a client, getPeerX509Certificate takes it out of OpenSSL's chain: the next call finds none.) */
export function peerOf(socket: TLSSocket): Buffer | undefined {
	return (socket.getPeerCertificate() as Partial<PeerCertificate>).raw;
}
