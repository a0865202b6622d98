// Files that are not PEM and were never meant to be: what they are, and the way from there.
import {convertCommand, intoNewFile, shellWord, type Role} from './finding.js';
import {formatInBase64} from '../parse/bare-base64.js';
import {quoted} from '../../sanitise.js';

export type Foreign = {
	/** What it is, a sentence. */
	words: string;
	/** What to do. */
	hint: string;
};

type Format = {
	test: RegExp;
	words: string;
	/** `start` has a character for each byte. */ hint?(name: string, role: Role, start: string): string;
};

const inside = 'Open it and upload the file inside.';
const forSsh = 'Upload the private key that was made with the request of this certificate; a key for SSH has no certificate.';
const keystore = (name: string): string => {
	const [word, bundle] = [shellWord(name), shellWord(`${name}.p12`)];
	const command = `keytool -importkeystore -srckeystore ${word} -destkeystore ${bundle} -deststoretype PKCS12`;
	return `Export it to PKCS#12: test ! -e ${bundle} && ${command}`;
};

/** The field at byte 12 says that a passphrase protects it; its cipher is RC4, which OpenSSL 3 has in the legacy provider only. */
const pvkProviders = (start: string): string => (/^[^]{12}(?!\0{4})[^]{4}/.test(start) ? ' -provider legacy -provider default' : '');

const asPem = (name: string): string => `Write it as PEM: ${convertCommand(name)}`;

/** By the first 2048 bytes, one character for each; text patterns behind those of binary data. */
const formats: readonly Format[] = [
	{test: /^PK(?:\x03\x04|\x05\x06)/, words: 'It is a ZIP archive.', hint: () => inside},
	{test: /^\x1f\x8b/, words: 'It is compressed with gzip.', hint: () => inside},
	{test: /^(?:7z\xbc\xaf|Rar!|BZh\d|\xfd7zXZ)/, words: 'It is a compressed archive.', hint: () => inside},
	{test: /^%PDF-/, words: 'It is a PDF document.'},
	{test: /^\xd0\xcf\x11\xe0/, words: 'It is a document of Microsoft Office or a message of Outlook.', hint: () => inside},
	{test: /^\xfe\xed\xfe\xed/, words: 'It is a Java keystore (JKS).', hint: keystore},
	{test: /^\xce\xce\xce\xce/, words: 'It is a Java keystore (JCEKS).', hint: keystore},
	{
		test: /^\x1e\xf1\xb5\xb0/,
		words: 'It is a private key in Microsoft PVK form.',
		hint: (name, _, start) =>
			`Convert it: ${intoNewFile(`openssl rsa${pvkProviders(start)} -inform PVK -in ${shellWord(name)}`, `${name}.pem`)}`,
	},
	{
		test: /^\x07\x02\0\0\0[\xa4\x24]\0\0RSA2/,
		words: 'It is a private key blob of Microsoft CryptoAPI.',
		hint: name => `Convert it: ${intoNewFile(`openssl rsa -inform MSBLOB -in ${shellWord(name)}`, `${name}.pem`)}`,
	},
	{
		test: /^[\x85\x95\x99\xc5\xc6][\0-\x0f\x95\x99].?[\x03-\x06]/s,
		words: 'It seems to be a PGP (GnuPG) key in binary form; PGP is not TLS.',
	},
	{
		test: /^PuTTY-User-Key-File/,
		words: 'It is a PuTTY key (PPK).',
		hint(name) {
			const [word, out] = [shellWord(name), shellWord(`${name}.pem`)];
			const command = `puttygen ${word} -O private-openssh -o ${out}`;
			return `It belongs to SSH; if it really is the key of this certificate: test ! -e ${out} && ${command}`;
		},
	},
	{test: /^---- BEGIN SSH2/, words: 'It is a key for SSH, not for TLS.', hint: () => forSsh},
	{test: /^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-\S+) /, words: 'It is a public key for SSH, not for TLS.', hint: () => forSsh},
	{test: /-----BEGIN PGP /, words: 'It is a PGP (GnuPG) key or message; PGP is not TLS.'},
	{test: /<RSAKeyValue\b/, words: 'It is an RSA key in XML (RSAKeyValue), as .NET writes it.', hint: asPem},
	{test: /^\s*<\?xml|^\s*<[\w:]*(?:KeyInfo|X509Data)/i, words: 'It is an XML document.'},
	{test: /^\s*(?:<!doctype|<html|<head|<body)/i, words: 'It seems to be a web page; was a log-in page saved instead of the file?'},
	{test: /"kty"\s*:/, words: 'It is a JSON Web Key (JWK).', hint: asPem},
	{test: /"x5c"\s*:/, words: 'It is JSON with certificates in "x5c".', hint: asPem},
	{test: /^\s*[[{]/, words: 'It seems to be JSON.'},
	{
		test: /^(?:(?:[\w-]+: .*|[ \t].*)\r?\n)*(?:Content-Type|MIME-Version|Received|Return-Path|Subject):/i,
		words: 'It is a mail.',
		hint: () => 'Save the attachment of the mail, and upload that.',
	},
	{test: /^[>|][>| ]*-+ ?BEGIN/m, words: 'It seems to be quoted mail; take the quotation marks away from the beginnings of the lines.'},
	{test: /-{2,}[ \t]*BEGIN/i, words: 'Its BEGIN line is damaged.'},
	{test: /-----END [^-\r\n]+-----/, words: 'There is an END line; the BEGIN line seems to be lost.'},
];

/** What a file without PEM is. Only the beginning is looked at, for some patterns take time that grows with its square. */
export function foreignFormat(role: Role, name: string, bytes: Buffer): Foreign {
	const start = bytes.toString('latin1', 0, 2048);
	const found = formats.find(({test}) => test.test(start));
	const inBase64 = found === undefined ? formatInBase64(bytes.toString('latin1')) : undefined;
	return {
		words:
			found?.words ?? (inBase64 === undefined ? firstBytes(start, bytes) : `It is Base64 of a ${inBase64} without BEGIN and END lines.`),
		hint: found?.hint?.(name, role, start) ?? (inBase64 === undefined ? upload(role) : asPem(name)),
	};
}

/** Whether a file without PEM can be written as PEM. */
export function isForeignConvertible(bytes: Buffer): boolean {
	const start = bytes.toString('latin1', 0, 2048);
	return formats.find(({test}) => test.test(start))?.hint === asPem || formatInBase64(bytes.toString('latin1')) !== undefined;
}

function firstBytes(start: string, bytes: Buffer): string {
	const isBinary = start.split('').some(character => character < '\t' || (character > '\r' && character < ' '));
	if (isBinary) {
		return 'It is binary data of an unknown kind.';
	}

	const line = bytes.toString('utf8', 0, 40).split('\n')[0] ?? '';
	return /[\w+/]{16}/.test(line) ? 'It is text in one piece.' : `It begins with ${quoted(line)}.`; // It may be a part of a private key.
}

function upload(role: Role): string {
	const [wanted, label] = role === 'cert' ? ['certificate', 'CERTIFICATE'] : ['private key', 'PRIVATE KEY'];
	return `Upload the ${wanted} in PEM form: Base64 between -----BEGIN ${label}----- and -----END ${label}-----.`;
}
