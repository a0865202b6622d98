// The findings of a certificate file that is damaged or holds something else.
import {refuse, shellWord, warn, type FindingDraft} from './finding.js';
import {lastLine, type Block} from '../parse/pem-text.js';
import {quoted, sanitise} from '../../sanitise.js';
import type {FileFormat} from '../parse/detect-format.js';

export function truncated(block: Block, index: number): FindingDraft {
	return refuse(
		'cert-truncated',
		`${describeBlock(block, index)} has no END line after line ${lastLine(block)}.`,
		'The file was cut off; copy or upload it again.',
	);
}

export function damagedBlock(block: Block, index: number, damage: string): FindingDraft {
	const message = `${describeBlock(block, index)} is damaged: ${damage}.`;
	return refuse('cert-parse', message, 'Copy the certificate again, whole, from what the CA sent.');
}

function describeBlock(block: Block, index: number): string {
	return `Block ${index + 1} (${sanitise(block.label)}, from line ${block.line})`;
}

/** The finding for a known format that is not a certificate. */
export function unexpectedInCertificateFile(format: FileFormat | undefined, name: string): FindingDraft | undefined {
	const [word, pem] = [shellWord(name), shellWord(`${name}.pem`)];
	switch (format) {
		case 'request': {
			return refuse(
				'cert-is-csr',
				`${sanitise(name)} holds a certificate signing request, not a certificate.`,
				'Send the request to the CA and upload the certificate that comes back.',
			);
		}

		case 'revocation list': {
			return refuse(
				'cert-is-crl',
				`${sanitise(name)} holds a revocation list (CRL), not a certificate.`,
				'Upload the certificate of the server.',
			);
		}

		case 'PKCS#7': {
			return refuse(
				'cert-pkcs7',
				`${sanitise(name)} holds a PKCS#7 bundle (.p7b).`,
				`Take its certificates out, the server's first (binary: -inform DER): openssl pkcs7 -print_certs -in ${word} -out ${pem}`,
			);
		}

		case 'PKCS#12': {
			return refuse(
				'cert-pkcs12',
				`${sanitise(name)} is a PKCS#12 bundle (.p12, .pfx) with the certificate and the key together.`,
				`Split it: openssl pkcs12 -in ${word} -nokeys -out certificate.pem; openssl pkcs12 -in ${word} -nocerts -nodes -out key.pem`,
			);
		}

		default: {
			return undefined;
		}
	}
}

/** OpenSSL skips blocks that are not certificates; they matter only when there is no certificate. */
export function unexpectedContent(name: string, block: Block, index: number): FindingDraft {
	return warn(
		'leading-text',
		`${sanitise(name)} also holds what is not a certificate and is ignored: block ${index + 1}, ${quoted(block.label)}.`,
		'Nothing has to be done; remove it if another program rejects it.',
	);
}

export function hasKey(name: string): FindingDraft {
	return refuse(
		'cert-has-key',
		`${sanitise(name)} holds a private key as well. The certificate and the key must be in separate files.`,
		'Treat that key as exposed: make a new key and a new request. At the least, remove the key from this file.',
	);
}

export function isKey(name: string): FindingDraft {
	return refuse(
		'cert-is-key',
		`${sanitise(name)} holds a private key and no certificate. Were the two files swapped?`,
		'Upload the certificate under this name and the key under the other.',
	);
}

export function trusted(name: string): FindingDraft {
	return refuse(
		'cert-trusted-label',
		`${sanitise(name)} is in OpenSSL's own TRUSTED CERTIFICATE form.`,
		`Convert it, one certificate at a time: openssl x509 -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`,
	);
}

export function oldLabel(name: string): FindingDraft {
	return warn(
		'old-label',
		`${sanitise(name)} uses the old label X509 CERTIFICATE; OpenSSL loads it, other programs may not.`,
		`Change the label: sed -i 's/X509 CERTIFICATE/CERTIFICATE/' ${shellWord(name)}`,
	);
}
