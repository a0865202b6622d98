import {certificatesIn} from '../../certificates/pem.js';
import {describeCertificate, type CertificateWords} from '../../certificates/describe.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';

/** The rows in which certificates are shown and compared; `bytes` is how many bytes of a fingerprint stand in a line. */
const rows: ReadonlyArray<[label: string, words: (certificate: CertificateWords, bytes: number) => string]> = [
	['CN', ({commonName}) => commonName],
	['Names', ({names}) => names.join(', ') || '(none)'],
	['Issuer', ({issuer, selfSigned}) => selfSigned ? '(self-signed)' : issuer],
	['Valid from', ({notBefore}) => day(notBefore)],
	['Valid to', ({notAfter, daysLeft}) => `${day(notAfter)} (${daysInWords(daysLeft)})`],
	['Key', ({keyType, signatureAlgorithm}) => `${keyType}, ${signatureAlgorithm}`],
	['SHA-256', ({fingerprint}, bytes) => inLines(fingerprint, bytes)],
];

/** So many bytes to a line, so that two fingerprints can be compared line by line. */
function inLines(fingerprint: string, bytes: number): string {
	return fingerprint.replaceAll(new RegExp(`(?:[^:]+:){${bytes}}(?=.)`, 'g'), '$&\n');
}

/** Shows the certificates of two files side by side; an asterisk marks what differs. */
export function compareCertificates(talk: Conversation, installed: Buffer, fresh: Buffer, at: Date): void {
	const [before, after] = [wordsOrUndefined(installed, at), wordsOrUndefined(fresh, at)];
	talk.table([['', '', 'Installed', 'New'], ...rows.map(([label, words]) => {
		const cells = [before, after].map(certificate => certificate ? words(certificate, 8) : '(cannot be read)') as [string, string];
		return [cells[0] === cells[1] ? '' : '*', label, ...cells];
	})], true);
}

/** An installed certificate that is damaged is a reason to replace it, not to stop. */
function wordsOrUndefined(pem: Buffer, at: Date): CertificateWords | undefined {
	try {
		return leafInWords(pem, at);
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

/** Shows one certificate. */
export function showCertificate(talk: Conversation, certificate: CertificateWords): void {
	talk.table(rows.map(([label, words]) => [label, words(certificate, 16)]));
}

/** The first certificate of a PEM file in words. Rejects with Problem `damaged-certificate` or what the PEM reader says. */
export function leafInWords(pem: Buffer, at: Date): CertificateWords {
	return describeCertificate(certificatesIn(pem)[0] ?? Buffer.alloc(0), at);
}

/** `364 days left`, `1 day left`, `expired`. */
export function daysInWords(days: number): string {
	return days < 0 ? 'expired' : `${days} day${days === 1 ? '' : 's'} left`;
}

function day(iso: string): string {
	return iso.slice(0, 10);
}
