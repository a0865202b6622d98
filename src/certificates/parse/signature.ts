import type {KeyObject, X509Certificate} from 'node:crypto';

/** The limit of Go's crypto/tls: larger keys only cost time. */
const maxModulusBits = 8192;
const maxExponent = 2n ** 32n;
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Whether an RSA key is too large to calculate with in a bounded time. */
export function isOversized(key: KeyObject): boolean {
	const {modulusLength = 0, publicExponent = 0n} = key.asymmetricKeyDetails ?? {};
	return modulusLength > maxModulusBits || publicExponent > maxExponent;
}

/**
 * Whether a key is of a kind that TLS clients verify certificates with. Other curves and DSA are slow, and TLS clients do not
 * accept them.
 */
function isUsual(key: KeyObject): boolean {
	const {namedCurve = ''} = key.asymmetricKeyDetails ?? {};
	const type = key.asymmetricKeyType ?? '';
	return type === 'ec' ? curves.has(namedCurve) : ['rsa', 'rsa-pss', 'ed25519', 'ed448'].includes(type) && !isOversized(key);
}

/** Whether two public keys are the same. False, too, for a key whose numbers OpenSSL cannot compare. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
	try {
		return one.equals(other);
	} catch {
		return false;
	}
}

/** Whether this key made a certificate's signature. False, too, for a key of another type, a size or a type that is not supported. */
export function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
	try {
		return isUsual(key) && certificate.verify(key);
	} catch {
		return false; // OpenSSL refuses a key of another type than the signature's.
	}
}
