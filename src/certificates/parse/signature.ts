import type {KeyObject, X509Certificate} from 'node:crypto';

/** As in Go's crypto/tls: larger keys only serve to keep a checker busy. */
const maxModulusBits = 8192;
const maxExponent = 2n ** 32n;
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Whether an RSA key is too large to calculate with in a bounded time. */
export function isOversized(key: KeyObject): boolean {
	const {modulusLength = 0, publicExponent = 0n} = key.asymmetricKeyDetails ?? {};
	return modulusLength > maxModulusBits || publicExponent > maxExponent;
}

/** Whether a key is of a kind that TLS clients verify certificates with. Exotic curves and DSA are slow as well as useless. */
function isUsual(key: KeyObject): boolean {
	const {namedCurve = ''} = key.asymmetricKeyDetails ?? {};
	const type = key.asymmetricKeyType ?? '';
	return type === 'ec' ? curves.has(namedCurve) : ['rsa', 'rsa-pss', 'ed25519', 'ed448'].includes(type) && !isOversized(key);
}

/** Whether two public keys are the same. False, too, for a key with numbers so absurd that OpenSSL cannot compare it. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
	try {
		return one.equals(other);
	} catch {
		return false;
	}
}

/** Whether this key made a certificate's signature. False, too, for a key of another type, an absurd size or an exotic kind. */
export function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
	try {
		return isUsual(key) && certificate.verify(key);
	} catch {
		return false; // OpenSSL refuses a key of another type than the signature's.
	}
}
