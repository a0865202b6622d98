// A certificate's parts in words that can be compared: once from our reader, once from what `openssl x509 -text` prints.
import {signatureAlgorithm} from '../../src/certificates/parse/algorithms.js';
import type {Certificate} from '../../src/certificates/parse/certificate.js';
import {commonNamesIn} from '../../src/certificates/parse/distinguished-name.js';

export type Parts = Record<string, string>;

/** OpenSSL's words for signature algorithms, and ours. */
const algorithms: Record<string, string> = {
	md2WithRSAEncryption: 'MD2 with RSA',
	md5WithRSAEncryption: 'MD5 with RSA',
	sha1WithRSAEncryption: 'SHA-1 with RSA',
	sha1WithRSA: 'SHA-1 with RSA',
	sha224WithRSAEncryption: 'SHA-224 with RSA',
	sha256WithRSAEncryption: 'SHA-256 with RSA',
	sha384WithRSAEncryption: 'SHA-384 with RSA',
	sha512WithRSAEncryption: 'SHA-512 with RSA',
	rsassaPss: 'RSASSA-PSS',
	'ecdsa-with-SHA1': 'SHA-1 with ECDSA',
	'ecdsa-with-SHA256': 'SHA-256 with ECDSA',
	'ecdsa-with-SHA384': 'SHA-384 with ECDSA',
	'ecdsa-with-SHA512': 'SHA-512 with ECDSA',
	dsaWithSHA1: 'SHA-1 with DSA',
	dsa_with_SHA256: 'SHA-256 with DSA',
	ED25519: 'Ed25519',
	ED448: 'Ed448',
};

/** What makes OpenSSL print `serial=HEX` and each part of a name on a line of its own. */
export const printing = ['-noout', '-serial', '-text', '-nameopt', 'utf8,-esc_msb,sep_multiline,lname'];

export function partsOf(certificate: Certificate): Parts {
	const {serial, subject, publicKey} = certificate;
	const names =
		certificate.subjectAltName?.hosts.filter(({kind}) => kind === 'dns').map(({value}) => Buffer.from(value, 'latin1').toString()) ?? [];
	return {
		'common names': commonNamesIn(subject).join(),
		'DNS names': names.join(),
		from: certificate.notBefore.toISOString(),
		to: certificate.notAfter.toISOString(),
		version: String(certificate.version),
		'serial number': String(BigInt.asIntN(serial.length * 8, BigInt(`0x${serial.toString('hex')}`))),
		'RSA size': publicKey.asymmetricKeyType === 'rsa' ? String(publicKey.asymmetricKeyDetails?.modulusLength) : '',
		signature: signatureAlgorithm(certificate.signatureOid).words,
		authority: String(certificate.basicConstraints?.ca ?? false),
	};
}

export function partsIn(text: string): Parts {
	const found = (pattern: RegExp) => pattern.exec(text)?.[1]?.trim() ?? '';
	const subject = found(/^ {8}Subject:((?:\n {12}.*)*)/m);
	const names = found(/X509v3 Subject Alternative Name:.*\n(.*)/);
	const algorithm = found(/Signature Algorithm: (.*)/);
	const [, minus, digits] = /^serial=(-?)([\dA-F]+)/m.exec(text) ?? [];
	return {
		'common names': [...subject.matchAll(/commonName=(.*)/g)].map(([, name]) => name).join(),
		'DNS names': [...names.matchAll(/(?<=^|, )DNS:([^,]*)/g)].map(([, name]) => name).join(),
		from: isoOf(found(/Not Before: ?(.*)/)),
		to: isoOf(found(/Not After : ?(.*)/)),
		version: found(/Version: (\d+)/),
		'serial number': `${minus}${BigInt(`0x${digits}`)}`,
		'RSA size': text.includes('Public Key Algorithm: rsaEncryption') ? found(/Public-Key: \((\d+) bit/) : '',
		signature: algorithms[algorithm] ?? algorithm,
		authority: String(/X509v3 Basic Constraints:.*\n\s*CA:TRUE/.test(text)),
	};
}

function isoOf(text: string): string {
	const date = new Date(text);
	return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
