import type {KeyObject, X509Certificate} from 'node:crypto';

/** The limit of Go's crypto/tls: larger keys only cost time. */
const maxModulusBits = 8192;
/** OpenSSL's security level 2, and the smallest that browsers accept. */
const minModulusBits = 2048;
const maxExponent = 2n ** 32n;
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** What a signature says: `unverified` when the key is of a kind that nothing here verifies with. */
export type Verdict = 'good' | 'bad' | 'unverified';

/** Whether an RSA key is too large to calculate with in a bounded time. */
export function isOversized(key: KeyObject): boolean {
	const {modulusLength = 0, publicExponent = 0n} = key.asymmetricKeyDetails ?? {};
	return modulusLength > maxModulusBits || publicExponent > maxExponent;
}

/** Why TLS clients verify no certificate with this key, as the end of a sentence about it; undefined when they do. */
export function unfitForTls(key: KeyObject): string | undefined {
	const {modulusLength = 0} = key.asymmetricKeyDetails ?? {};
	if (!isUsual(key)) {
		return isOversized(key)
			? `TLS libraries refuse RSA keys of more than ${maxModulusBits} bits`
			: 'TLS libraries verify with RSA keys and with the curves P-256, P-384 and P-521';
	}

	return (key.asymmetricKeyType ?? '').startsWith('rsa') && modulusLength < minModulusBits
		? `TLS libraries require at least ${minModulusBits} bits`
		: undefined;
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

const verdicts = new WeakMap<X509Certificate, WeakMap<KeyObject, Verdict>>();

/** Whether this key made a certificate's signature; calculated once for each certificate and key. */
export function signatureBy(key: KeyObject, certificate: X509Certificate): Verdict {
	const known = verdicts.get(certificate) ?? new WeakMap<KeyObject, Verdict>();
	verdicts.set(certificate, known);
	const verdict = known.get(key) ?? verified(key, certificate);
	known.set(key, verdict);
	return verdict;
}

function verified(key: KeyObject, certificate: X509Certificate): Verdict {
	if (!isUsual(key)) {
		return 'unverified';
	}

	try {
		return certificate.verify(key) ? 'good' : 'bad';
	} catch {
		return 'bad'; // OpenSSL refuses a key of another type than the signature's.
	}
}

/** Whether this key made a certificate's signature. False, too, for a key of another type, a size or a type that is not supported. */
export function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
	return signatureBy(key, certificate) === 'good';
}
