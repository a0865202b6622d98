// Trust between the servers is a list of certificates in a file: a certificate is trusted when the file contains it, whatever its
// name and issuer are. OpenSSL's verification needs a CA, so it is not used. (A Node server would also ignore
// `allowPartialTrustChain`, and refuse a listed certificate that a CA issued.) The handshake has proven that the peer holds the
// private key; the other checks are below.
import {X509Certificate} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import type {PeerCertificate, TLSSocket} from 'node:tls';
import {certificatesIn} from '../certificates/parse/pem.js';
import {Problem, messageOf} from '../problem.js';
import type {Refusal} from '../tls-refusal.js';

/** The certificates in a trust file, as DER. */
export type Trusted = readonly Buffer[];

/** The extended key usage that a peer's certificate must have (RFC 5280 4.2.1.12). */
const purposes = {client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1'};
const anyPurpose = '2.5.29.37.0';

/** How a file is read. */
type FileKind<Value> = {
	/** In words, for an error. */
	what: string;
	parse(text: Buffer): Value;
	/** The value of a file that does not exist. */
	empty: Value;
};

/** What a file says now: it is read again when it has changed. One that is damaged meanwhile says what it said before. */
export class CurrentFile<Value> {
	#read = '';
	#value: Value;

	private constructor(
		private readonly file: string,
		private readonly kind: Omit<FileKind<Value>, 'what'>,
		private readonly log: (line: string) => void,
	) {
		this.#value = kind.empty;
	}

	/** Throws Problem `trust-unreadable`. A file that does not exist says what `empty` is. */
	static open<Value>({what, ...kind}: FileKind<Value>, file: string, log: (line: string) => void): CurrentFile<Value> {
		const opened = new CurrentFile(file, kind, log);
		try {
			opened.#readAgain();
		} catch (error) {
			throw new Problem('trust-unreadable', `${file} cannot be read as ${what}: ${messageOf(error)}`, '', {cause: error});
		}

		return opened;
	}

	get value(): Value {
		try {
			this.#readAgain();
		} catch (error) {
			this.log(`${this.file} cannot be read; what it said before is still used: ${messageOf(error)}`);
		}

		return this.#value;
	}

	/** A file is replaced, not changed, so its inode tells, and its time and size for one that is changed. */
	#readAgain(): void {
		const found = statSync(this.file, {throwIfNoEntry: false, bigint: true});
		const seen = found ? `${found.ino} ${found.mtimeNs} ${found.size}` : 'none';
		if (seen !== this.#read) {
			this.#read = seen;
			this.#value = found ? this.kind.parse(readFileSync(this.file)) : this.kind.empty;
		}
	}
}

/** A trust file with certificates in PEM format. Throws Problem `trust-unreadable`. */
export function trustFile(file: string, log: (line: string) => void): CurrentFile<Trusted> {
	return CurrentFile.open<Trusted>({what: 'certificates in PEM format', parse: certificatesIn, empty: []}, file, log);
}

/** Why the peer of a completed handshake is not trusted; undefined when it is. `file` is the name of the trust file. */
export function distrust(socket: TLSSocket, peer: 'client' | 'server', trusted: Trusted, file: string): Refusal | undefined {
	const presented = peerOf(socket);
	if (!presented) {
		return {reason: 'no-certificate', result: 'it presented no certificate'};
	}

	const listed = trusted.some(der => der.equals(presented));
	return listed
		? unfitness(new X509Certificate(presented), peer)
		: {reason: 'unknown-certificate', result: `${file} lacks its certificate`};
}

/**
 * The DER of the certificate that the peer presented. (getPeerX509Certificate is not used: on a client it removes the
 * certificate from OpenSSL's chain, and the next call finds none.)
 */
export function peerOf(socket: TLSSocket): Buffer | undefined {
	return (socket.getPeerCertificate() as Partial<PeerCertificate>).raw;
}

function unfitness({validFromDate, validToDate, keyUsage}: X509Certificate, peer: 'client' | 'server'): Refusal | undefined {
	const now = new Date();
	if (now > validToDate) {
		return {reason: 'expired', result: 'its certificate has expired'};
	}

	if (now < validFromDate) {
		return {reason: 'clock', result: 'its certificate is not valid yet'};
	}

	// Node calls the extended key usage keyUsage, and leaves it undefined when there is none, which allows everything.
	const allowed = (keyUsage as string[] | undefined) ?? [anyPurpose];
	const fit = allowed.includes(purposes[peer]) || allowed.includes(anyPurpose);
	return fit ? undefined : {reason: 'wrong-purpose', result: `its certificate is not for TLS ${peer} authentication`};
}
