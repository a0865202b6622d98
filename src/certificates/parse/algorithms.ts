import type {KeyObject} from 'node:crypto';

export type SignatureAlgorithm = {
	/** Such as `SHA-256 with RSA`. */
	words: string;
	/** `weak` ones are broken or not understood by TLS clients; `larger` ones work though the document asks for SHA-256. */
	strength: 'expected' | 'larger' | 'weak';
};

const known: Record<string, SignatureAlgorithm> = {
	'1.2.840.113549.1.1.2': {words: 'MD2 with RSA', strength: 'weak'},
	'1.2.840.113549.1.1.4': {words: 'MD5 with RSA', strength: 'weak'},
	'1.2.840.113549.1.1.5': {words: 'SHA-1 with RSA', strength: 'weak'},
	'1.2.840.113549.1.1.10': {words: 'RSASSA-PSS', strength: 'weak'},
	'1.2.840.113549.1.1.11': {words: 'SHA-256 with RSA', strength: 'expected'},
	'1.2.840.113549.1.1.12': {words: 'SHA-384 with RSA', strength: 'larger'},
	'1.2.840.113549.1.1.13': {words: 'SHA-512 with RSA', strength: 'larger'},
	'1.2.840.113549.1.1.14': {words: 'SHA-224 with RSA', strength: 'weak'},
	'1.3.14.3.2.29': {words: 'SHA-1 with RSA', strength: 'weak'},
	'1.2.840.10045.4.1': {words: 'SHA-1 with ECDSA', strength: 'weak'},
	'1.2.840.10045.4.3.1': {words: 'SHA-224 with ECDSA', strength: 'weak'},
	'1.2.840.10045.4.3.2': {words: 'SHA-256 with ECDSA', strength: 'expected'},
	'1.2.840.10045.4.3.3': {words: 'SHA-384 with ECDSA', strength: 'larger'},
	'1.2.840.10045.4.3.4': {words: 'SHA-512 with ECDSA', strength: 'larger'},
	'1.2.840.10040.4.3': {words: 'SHA-1 with DSA', strength: 'weak'},
	'2.16.840.1.101.3.4.3.2': {words: 'SHA-256 with DSA', strength: 'weak'},
	'1.3.101.112': {words: 'Ed25519', strength: 'weak'},
	'1.3.101.113': {words: 'Ed448', strength: 'weak'},
};

/** The algorithm of an object identifier in `signatureAlgorithm`; an unknown one counts as weak, because clients do not know it either. */
export function signatureAlgorithm(oid: string): SignatureAlgorithm {
	return known[oid] ?? {words: `algorithm ${oid}`, strength: 'weak'};
}

const typeNames: Record<string, string> = {
	rsa: 'RSA',
	'rsa-pss': 'RSA-PSS',
	dsa: 'DSA',
	ec: 'EC',
	ed25519: 'Ed25519',
	ed448: 'Ed448',
	x25519: 'X25519',
	x448: 'X448',
};

const curveNames: Record<string, string> = {prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521'};

/** The type of a key: `RSA 2048`, `EC P-256`, `Ed25519`. */
export function keyTypeOf(key: KeyObject): string {
	const details = key.asymmetricKeyDetails ?? {};
	const curve = details.namedCurve;
	const type = key.asymmetricKeyType ?? 'unknown';
	const size = curve === undefined ? details.modulusLength : (curveNames[curve] ?? curve);
	return [typeNames[type] ?? type, size].filter(part => part !== undefined).join(' ');
}
