// Finds out which certificate is served: only a new TLS connection shows what a running service presents.
import {once} from 'node:events';
import {connect as connectPlain, isIP} from 'node:net';
import {checkServerIdentity, connect, getCACertificates, type DetailedPeerCertificate, type TLSSocket} from 'node:tls';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {hasCode, Problem, messageOf} from '../problem.js';
import {askForTls, type StartTls} from './starttls.js';

export type Served = {
	port: number;
	/** The name to ask for (SNI, RFC 6066 section 3). An address is not sent, as that standard requires. */
	servername: string;
	/** The host to connect to; by default this machine. */
	host?: string;
	/** The protocol in which TLS is asked for; absent: TLS from the first byte. */
	starttls?: StartTls;
};

/**
 * The certificates that a TLS server presents on a new connection, as DER: the server's own first, each followed by its
 * issuer. Nothing is verified, no session is resumed, and no certificate store of this machine is used. A certificate that is
 * sent twice is returned once, and one that issued none of the others is left out, as OpenSSL builds a chain. Rejects with
 * Problem `no-answer`, after `timeout` milliseconds at the latest.
 */
export async function presentedBy(served: Served, {timeout = 5000}: {timeout?: number} = {}): Promise<Buffer[]> {
	return onConnection(served, {timeout, ca: []}, chainOf);
}

/** What a TLS server presents, judged by the CA certificates of this machine. */
export type Judged = {
	/** The fingerprint of the first certificate. */
	fingerprint: string | undefined;
	/** Why they do not verify it, or that it is for this name, as Node or OpenSSL calls it; undefined when they do. */
	untrusted: string | undefined;
};

/** Judges by /etc/ssl/certs, or as SSL_CERT_DIR and SSL_CERT_FILE say. Rejects as presentedBy() does. */
export async function judgedBySystem(served: Served, {timeout = 5000}: {timeout?: number} = {}): Promise<Judged> {
	return onConnection(served, {timeout, ca: getCACertificates('system')}, socket => {
		const [leaf] = chainOf(socket);
		return {
			fingerprint: leaf && fingerprintOf(leaf),
			untrusted: socket.authorized ? undefined : messageOf(socket.authorizationError),
		};
	});
}

/** Reads something of a new TLS connection, on which nothing is refused. */
async function onConnection<Result>(
	{port, servername, host = '127.0.0.1', starttls}: Served,
	{timeout, ca}: {timeout: number; ca: string[]},
	read: (socket: TLSSocket) => Result,
): Promise<Result> {
	const plain = connectPlain({host, port});
	const timer = setTimeout(() => plain.destroy(new Error(`no answer within ${timeout / 1000} seconds`)), timeout);
	try {
		if (starttls) {
			await askForTls(plain, starttls);
		}

		const socket = connect({
			socket: plain,
			...(isIP(servername) === 0 && {servername}),
			ca,
			rejectUnauthorized: false,
			checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
		});
		await secured(socket);
		return read(socket);
	} catch (error) {
		const message = `No TLS server answers on ${host}:${port}: ${describeError(error)}.`;
		throw new Problem('no-answer', message, 'Check that the service is running, and read its log.', {cause: error});
	} finally {
		clearTimeout(timer);
		plain.destroy();
	}
}

async function secured(socket: TLSSocket): Promise<void> {
	const closed = once(socket, 'close').then(() => {
		throw new Error('the connection was closed');
	});
	await Promise.race([once(socket, 'secureConnect'), closed]);
	closed.catch(() => {});
}

/** The first certificate that a TLS server presents on a new connection, as DER; undefined when none answers. */
export async function presentedLeaf(served: Served): Promise<Buffer | undefined> {
	try {
		const [leaf] = await presentedBy(served);
		return leaf;
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

/** The SHA-256 fingerprints of what presentedBy() gives. Rejects as it does. */
export async function presentedFingerprints(served: Served): Promise<string[]> {
	return (await presentedBy(served)).map(der => fingerprintOf(der));
}

/** The fingerprint of the first certificate that is presented; undefined when nothing answers. */
export async function presentedFingerprint(served: Served): Promise<string | undefined> {
	const leaf = await presentedLeaf(served);
	return leaf && fingerprintOf(leaf);
}

/** Whether these certificates, one at least, are presented: the server's own first, and none between them. What follows does not matter. */
export function beginsWith(presented: readonly string[], chain: readonly string[]): boolean {
	return chain.length > 0 && presented.slice(0, chain.length).join() === chain.join();
}

/** A self-signed certificate is its own issuer in this list, so the list has no end. */
function chainOf(socket: TLSSocket): Buffer[] {
	const chain: Buffer[] = [];
	const seen = new Set<string>();
	let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
	while (certificate?.raw && !seen.has(certificate.fingerprint256)) {
		seen.add(certificate.fingerprint256);
		chain.push(certificate.raw);
		certificate = certificate.issuerCertificate;
	}

	return chain;
}

function describeError(error: unknown): string {
	if (hasCode(error, 'ECONNREFUSED')) {
		return 'connection refused';
	}

	const isOther = hasCode(error, 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG');
	return isOther ? 'the server there does not speak TLS' : messageOf(error);
}
