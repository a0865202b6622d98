// Certificates and requests as rows of label and value, for the command line, the console and the comparison.
import type {CertificateDescription} from './describe-certificate.js';
import type {RevocationListDescription} from './file-blocks.js';
import {formatDays} from './expiry.js';
import type {RequestDescription} from '../parse/request-file.js';

export type LabelledRow = [label: string, value: string];

/** A certificate, a row for each thing that matters. */
export function certificateRows(certificate: CertificateDescription): LabelledRow[] {
	const {subject, names, issuer, selfSigned, notBefore, notAfter, daysLeft, keyType, signatureAlgorithm} = certificate;
	return [
		['Subject', subject],
		['Names', listOf(names)],
		['Issuer', selfSigned ? '(self-signed)' : issuer],
		['Valid from', dayOf(notBefore)],
		['Valid to', `${dayOf(notAfter)} (${formatDays(daysLeft)})`],
		['Key', keyType],
		['Signature', signatureAlgorithm],
		['Key usage', listOf(certificate.keyUsage)],
		['Purposes', listOf(certificate.extendedKeyUsage)],
		['Serial', certificate.serial],
		['SHA-256', certificate.fingerprint],
		['Public key', certificate.publicKeyFingerprint],
	];
}

/** A request, likewise. */
export function requestRows({
	subject,
	names,
	keyType,
	signatureAlgorithm,
	keyUsage,
	extendedKeyUsage,
	publicKeyFingerprint,
}: RequestDescription): LabelledRow[] {
	return [
		['Subject', subject],
		['Names', listOf(names)],
		['Key', keyType],
		['Signature', signatureAlgorithm],
		['Key usage', listOf(keyUsage)],
		['Purposes', listOf(extendedKeyUsage)],
		['Public key', publicKeyFingerprint],
	];
}

/** A revocation list, likewise. */
export function revocationListRows({
	issuer,
	thisUpdate,
	nextUpdate,
	revoked,
	signatureAlgorithm,
}: RevocationListDescription): LabelledRow[] {
	return [
		['Issuer', issuer],
		['Issued', dayOf(thisUpdate)],
		['Next', nextUpdate === undefined ? '(not said)' : dayOf(nextUpdate)],
		['Revoked', `${revoked} certificate${revoked === 1 ? '' : 's'}`],
		['Signature', signatureAlgorithm],
	];
}

function listOf(words: readonly string[]): string {
	return words.join(', ') || '(none)';
}

function dayOf(iso: string): string {
	return iso.slice(0, 10);
}
