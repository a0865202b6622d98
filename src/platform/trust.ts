// Trust between the servers is a list of certificates in a file, and a certificate is trusted when that file holds it: not
// its name, not its issuer. So OpenSSL's verification, which needs a CA, is not used. (A Node server would also pass
// over `allowPartialTrustChain`, and refuse a CA-issued certificate that is listed.) The handshake has proven that the peer
// holds the key; the rest is below.
import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {PeerCertificate, TLSSocket} from 'node:tls';
import {certificatesIn} from '../certificates/parse/pem.js';
import {hasCode, Problem, messageOf} from '../problem.js';

/** The certificates that a trust file holds, as DER. */
export type Trusted = readonly Buffer[];

/** What a peer's certificate must be good for, as an extended key usage (RFC 5280 4.2.1.12). */
const purposes = {client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1'};
const anyPurpose = '2.5.29.37.0';

/** Reads a trust file; one that does not exist yet trusts nobody. Rejects with Problem `trust-unreadable`. */
export async function readTrusted(file: string): Promise<Trusted> {
	try {
		return certificatesIn(await readFile(file));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return [];
		}

		const message = `${file} cannot be read as certificates in PEM format: ${messageOf(error)}`;
		throw new Problem('trust-unreadable', message, '', {cause: error});
	}
}

/** Why the peer of a finished handshake is not to be trusted, undefined when it is. `file` is the name of the trust file. */
export function distrust(socket: TLSSocket, peer: 'client' | 'server', trusted: Trusted, file: string): string | undefined {
	const presented = peerOf(socket);
	if (!presented) {
		return 'it presented no certificate';
	}

	const listed = trusted.some(der => der.equals(presented));
	return listed ? unfitness(new X509Certificate(presented), peer) : `${file} lacks its certificate`;
}

/**
 * The DER that the peer presented. (Not by getPeerX509Certificate: on a client that takes the certificate out of OpenSSL's
 * chain, and the next call finds none.)
 */
export function peerOf(socket: TLSSocket): Buffer | undefined {
	return (socket.getPeerCertificate() as Partial<PeerCertificate>).raw;
}

function unfitness({validFromDate, validToDate, keyUsage}: X509Certificate, peer: 'client' | 'server'): string | undefined {
	const now = new Date();
	if (now < validFromDate || now > validToDate) {
		return now > validToDate ? 'its certificate has expired' : 'its certificate is not valid yet';
	}

	// Node calls the extended key usage keyUsage, and leaves it undefined when there is none, which allows everything.
	const allowed = (keyUsage as string[] | undefined) ?? [anyPurpose];
	const fit = allowed.includes(purposes[peer]) || allowed.includes(anyPurpose);
	return fit ? undefined : `its certificate is not for TLS ${peer} authentication`;
}
