import type {KeyObject, X509Certificate} from 'node:crypto';

/** As Go's crypto/tls does: larger keys only serve to keep a checker busy. */
const largestModulus = 8192;
const largestExponent = 2n ** 32n;

/** Whether an RSA key is too large to calculate with in a bounded time. Other types are bounded by their nature or by OpenSSL. */
export function isOversized(key: KeyObject): boolean {
	const {modulusLength = 0, publicExponent = 0n} = key.asymmetricKeyDetails ?? {};
	return modulusLength > largestModulus || publicExponent > largestExponent;
}

/** Whether this key made a certificate's signature. False, too, for a key of another type or of an absurd size. */
export function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
	try {
		return !isOversized(key) && certificate.verify(key);
	} catch {
		return false; // OpenSSL refuses a key of another type than the signature's.
	}
}
