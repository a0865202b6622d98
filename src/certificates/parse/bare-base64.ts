// Base64 of DER without BEGIN and END lines.
import {detectFormat, type FileFormat} from './detect-format.js';

const labelOf: Partial<Record<FileFormat, string>> = {
	certificate: 'CERTIFICATE',
	request: 'CERTIFICATE REQUEST',
	'revocation list': 'X509 CRL',
	'PKCS#7': 'PKCS7',
	'PKCS#12': 'PKCS12',
	'PKCS#1': 'RSA PRIVATE KEY',
	'PKCS#8': 'PRIVATE KEY',
	SEC1: 'EC PRIVATE KEY',
	DSA: 'DSA PRIVATE KEY',
	'encrypted PKCS#8': 'ENCRYPTED PRIVATE KEY',
};

/** What the Base64 holds in which a text consists; undefined for any other text. */
export function formatInBase64(text: string): FileFormat | undefined {
	const format = /^[\w+/\s-]{16,}={0,2}$/.test(text.trim()) ? detectFormat(Buffer.from(text, 'base64')) : 'unknown';
	return labelOf[format] === undefined ? undefined : format;
}

/** The same in PEM. */
export function pemOfBase64(text: string): string {
	const format = formatInBase64(text);
	return format === undefined ? '' : pemOfElement(format, Buffer.from(text, 'base64'));
}

/** DER of a known format in PEM, empty for any other. */
export function pemOfElement(format: FileFormat, element: Buffer): string {
	const label = labelOf[format];
	const lines = element.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
	return label === undefined ? '' : `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
