// The findings of a certificate file that is damaged or holds something else.
import {convertCommand, intoNewFile, refuse, shellWord, warn, type FindingDraft} from './finding.js';
import {lastLine, type Block} from '../parse/pem-text.js';
import {listed, quoted, sanitise} from '../../sanitise.js';
import type {FileFormat} from '../parse/detect-format.js';
import {hasKeyBag, needsLegacyProvider} from '../parse/protection.js';

export function truncated(block: Block, index: number): FindingDraft {
	return refuse(
		'cert-truncated',
		`${describeBlock(block, index)} has no END line after line ${lastLine(block)}.`,
		'The file was cut off; copy or upload it again.',
	);
}

/** A block whose DER has its whole length came from the CA like this. */
export function damagedBlock(block: Block, index: number, {damage, isWhole}: {damage: string; isWhole: boolean}): FindingDraft {
	const words = describeBlock(block, index);
	return isWhole
		? refuse(
				'cert-parse',
				`${words} is whole, but breaks a rule for certificates: ${damage}.`,
				'Copying it again will not help: ask the CA to issue another certificate.',
			)
		: refuse('cert-parse', `${words} is damaged: ${damage}.`, 'Copy the certificate again, whole, from what the CA sent.');
}

/** Binary certificates, one or several that were appended to one another. */
export function binaryCertificates(name: string, count: number): FindingDraft {
	return count > 1
		? refuse(
				'cert-der',
				`${sanitise(name)} holds ${count} certificates in binary form (DER), one behind the other; PEM is required.`,
				`Convert all of them: ${convertCommand(name)}`,
			)
		: refuse(
				'cert-der',
				`${sanitise(name)} is in binary form (DER); PEM is required.`,
				`Convert it: ${intoNewFile(`openssl x509 -inform DER -in ${shellWord(name)}`, `${name}.pem`)}`,
			);
}

/** A revocation list beside certificates, as some CAs send it. */
export function besideCrl(name: string): FindingDraft {
	return warn(
		'leading-text',
		`${sanitise(name)} also holds a revocation list (CRL), which is ignored.`,
		'Nothing has to be done; remove it if another program rejects it.',
	);
}

function describeBlock(block: Block, index: number): string {
	return `Block ${index + 1} (${sanitise(block.label)}, from line ${block.line})`;
}

/** The finding for a known format that is not a certificate. Its bytes in DER decide which command fits; a label says it stood in PEM. */
export function unexpectedInCertificateFile(
	format: FileFormat | undefined,
	name: string,
	bytes: Buffer,
	label?: string,
): FindingDraft | undefined {
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
			return bundleOfCertificates(name, label);
		}

		case 'PKCS#12': {
			return bundleWithKey(name, bytes);
		}

		default: {
			return undefined;
		}
	}
}

/** openssl pkcs7 reads what is labelled PKCS7 only; another label is converted here. */
function bundleOfCertificates(name: string, label: string | undefined): FindingDraft {
	const form = label === undefined ? ' -inform DER' : '';
	const command = intoNewFile(`openssl pkcs7${form} -print_certs -in ${shellWord(name)}`, `${name}.pem`);
	return refuse(
		'cert-pkcs7',
		`${sanitise(name)} holds a PKCS#7 bundle (.p7b)${form === '' ? '' : ' in binary form (DER)'}.`,
		label === undefined || label === 'PKCS7'
			? `Take its certificates out; the server's must come first: ${command}`
			: `Take its certificates out: ${convertCommand(name)}`,
	);
}

function bundleWithKey(name: string, bytes: Buffer): FindingDraft {
	const holdsKey = hasKeyBag(bytes);
	const read = `openssl pkcs12${needsLegacyProvider(bytes) ? ' -legacy' : ''} -in ${shellWord(name)}`;
	const key = holdsKey ? ` && ${intoNewFile(`${read} -nocerts -nodes`, `${name}.key.pem`)}` : '';
	return refuse(
		'cert-pkcs12',
		holdsKey
			? `${sanitise(name)} is a PKCS#12 bundle (.p12, .pfx) with the certificate and the key together.`
			: `${sanitise(name)} is a PKCS#12 bundle (.p12, .pfx) with no private key to be seen; Windows exports without it by default.`,
		`${holdsKey ? 'Split it' : 'Take its certificates out'}: ${intoNewFile(`${read} -nokeys`, `${name}.pem`)}${key}`,
	);
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
		`Convert it: ${intoNewFile(`openssl crl2pkcs7 -nocrl -certfile ${shellWord(name)} | openssl pkcs7 -print_certs`, `${name}.pem`)}`,
	);
}

export function oldLabel(name: string): FindingDraft {
	return warn(
		'old-label',
		`${sanitise(name)} uses the old label X509 CERTIFICATE; OpenSSL loads it, other programs may not.`,
		`Change the label: ${intoNewFile(`sed 's/X509 CERTIFICATE/CERTIFICATE/' ${shellWord(name)}`, `${name}.pem`)}`,
	);
}

export function withoutCertificate(name: string, blocks: readonly Block[]): FindingDraft {
	return refuse(
		'cert-not-pem',
		`${sanitise(name)} holds no certificate, but: ${listed(blocks.map(({label}) => label))}.`,
		'Upload the PEM file with the certificate of the server.',
	);
}
