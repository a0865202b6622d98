import {createHash} from 'node:crypto';
import {Problem} from '../../problem.js';
import {ParseError} from './parse-error.js';
import {decodeBlock, readPemText} from './pem-text.js';

/** The labels that a certificate may have; the second is what SSLeay wrote. */
const certificateLabels: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE'];

/** Whether OpenSSL loads a block with this label as a certificate of a server's file. */
export function isCertificateLabel(label: string): boolean {
	return certificateLabels.includes(label);
}

/**
 * The DER of each certificate in a PEM text, in the order of the text; blocks of other kinds are passed over. An empty list
 * when there is none. Throws a Problem when a certificate's block is damaged or never ends. The DER itself is not looked into.
 */
export function certificatesIn(pem: Buffer | string): Buffer[] {
	const {blocks} = readPemText(Buffer.isBuffer(pem) ? pem : Buffer.from(pem));
	return blocks.flatMap((block, index) => {
		try {
			return isCertificateLabel(block.label) ? [decodeBlock(block)] : [];
		} catch (error) {
			if (error instanceof ParseError) {
				throw new Problem('damaged-pem', `Block ${index + 1} (${block.label}) is damaged: ${error.message}.`, 'Copy the file again.');
			}

			throw error;
		}
	});
}

/** One PEM block with lines of 64 characters (RFC 7468) and a final line ending. For public data only; a key stays in a Buffer. */
export function toPem(label: string, der: Uint8Array): string {
	const lines =
		Buffer.from(der)
			.toString('base64')
			.match(/.{1,64}/g) ?? [];
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** SHA-256 of these bytes as `AB:CD:...`, the way `openssl x509 -fingerprint -sha256` prints it. */
export function fingerprintOf(der: Uint8Array): string {
	return createHash('sha256')
		.update(der)
		.digest('hex')
		.toUpperCase()
		.replaceAll(/..(?=.)/g, '$&:');
}
