import {certificatesIn} from '../../certificates/pem.js';
import {describeCertificate, type CertificateWords} from '../../certificates/describe.js';
import type {Conversation} from '../conversation.js';

/** The rows in which certificates are shown and compared. */
const rows: ReadonlyArray<[label: string, words: (certificate: CertificateWords) => string]> = [
	['Subject', ({subject}) => subject],
	['Names', ({names}) => names.join(', ') || '(none)'],
	['Issuer', ({issuer, selfSigned}) => selfSigned ? '(self-signed)' : issuer],
	['Valid from', ({notBefore}) => day(notBefore)],
	['Valid to', ({notAfter, daysLeft}) => `${day(notAfter)} (${daysInWords(daysLeft)})`],
	['Key', ({keyType, signatureAlgorithm}) => `${keyType}, signed with ${signatureAlgorithm}`],
	['SHA-256', ({fingerprint}) => inLines(fingerprint)],
];

/** Ten bytes to a line, so that two fingerprints can be compared line by line. */
function inLines(fingerprint: string): string {
	return fingerprint.replaceAll(/(?:[^:]+:){10}(?=.)/g, '$&\n');
}

/** Shows two certificates side by side; an asterisk marks what differs. */
export function compareCertificates(talk: Conversation, installed: CertificateWords, fresh: CertificateWords): void {
	talk.table([['', '', 'Installed', 'New'], ...rows.map(([label, words]) => {
		const [before, after] = [words(installed), words(fresh)];
		return [before === after ? '' : '*', label, before, after];
	})], true);
}

/** Shows one certificate. */
export function showCertificate(talk: Conversation, certificate: CertificateWords): void {
	talk.table(rows.map(([label, words]) => [label, words(certificate)]));
}

/** The first certificate of a PEM file in words. Rejects with Problem `damaged-certificate` or what the PEM reader says. */
export function leafInWords(pem: Buffer, at: Date): CertificateWords {
	return describeCertificate(certificatesIn(pem)[0]!, at);
}

/** `364 days left`, `1 day left`, `expired`. */
export function daysInWords(days: number): string {
	return days < 0 ? 'expired' : `${days} day${days === 1 ? '' : 's'} left`;
}

function day(iso: string): string {
	return iso.slice(0, 10);
}
