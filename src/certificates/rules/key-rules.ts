// The rules for the key: its type, the consistency of its numbers, and whether it belongs to the certificate.
import {randomBytes, sign, verify, type KeyObject} from 'node:crypto';
import {keyTypeOf} from '../parse/algorithms.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {taniumPolicy, type Policy} from './policy.js';
import type {PrivateKey} from './key-file.js';
import {fingerprintOf} from '../parse/pem.js';
import {haveOneModulus, numbersFit} from './rsa-numbers.js';
import {isOversized, isSameKey} from '../parse/signature.js';

const expectedSize = 2048;
const defaultExponent = 65_537n;

/** A key of a request that was made here: its name, and the SHA-256 of its public key. */
export type SavedKey = {name: string; publicKeyFingerprint: string};

/** Type, size and exponent of a key, public or private. Of an EC key OpenSSL judges the curve, where the pair is loaded. */
export function typeFindings(key: KeyObject, subject: string, policy: Policy = taniumPolicy): FindingDraft[] {
	const type = keyTypeOf(key);
	if (key.asymmetricKeyType === 'ec' && policy.keyTypes.includes('ec')) {
		return [];
	}

	if (!policy.keyTypes.includes('rsa')) {
		return [refuse('key-type', `${subject} is ${type}; an EC key is required.`, 'Make a new EC key and a new request with it.')];
	}

	const anew =
		'Make a new RSA 2048 key and request (no file is overwritten): tanos certificate request --hostname NAME --out new/SOAPServer';
	if (key.asymmetricKeyType !== 'rsa') {
		return [refuse('key-type', `${subject} is ${type}; RSA 2048 is required.`, anew)];
	}

	const {modulusLength = 0, publicExponent = 0n} = key.asymmetricKeyDetails ?? {};
	const exponent =
		publicExponent === defaultExponent
			? []
			: [
					warn(
						'key-exponent',
						`${subject} has the public exponent ${publicExponent < 2n ** 64n ? publicExponent : 'of more than 64 bits'}; 65537 is usual.`,
						`It works with most software. ${anew}`,
					),
				];
	if (modulusLength < expectedSize) {
		return [refuse('key-size', `${subject} is ${type}; RSA 2048 is required.`, anew), ...exponent];
	}

	return modulusLength > expectedSize && policy.isTanium
		? [
				warn(
					'key-size',
					`${subject} is ${type}; the document asks for RSA 2048.`,
					'It works, more slowly; make an RSA 2048 key for the next request.',
				),
				...exponent,
			]
		: exponent;
}

/** Whether a private key belongs to a certificate's public key: the public keys are compared whole, not only their modulus. */
export function isMatch(certificateKey: KeyObject, key: PrivateKey): boolean {
	return isSameKey(certificateKey, key.publicKey) || haveOneModulus(certificateKey, key.publicKey);
}

export function mismatch(certificateKey: KeyObject, key: PrivateKey, savedKeys: readonly SavedKey[] = []): FindingDraft {
	const wanted = fingerprintOf(certificateKey.export({type: 'spki', format: 'der'}));
	const found = fingerprintOf(key.publicKey.export({type: 'spki', format: 'der'}));
	const upload = 'Upload the key that was made with the request of this certificate.';
	const saved = savedKeys.find(({publicKeyFingerprint}) => publicKeyFingerprint === wanted);
	return refuse(
		'key-mismatch',
		`The private key does not belong to the certificate. SHA-256 of the public keys: certificate ${wanted}, key ${found}.`,
		saved === undefined ? upload : `The key that fits is known here: ${saved.name}.`,
	);
}

/** A new certificate for the key that is in service already. */
export function reuseFindings({publicKey}: PrivateKey, installed: string): FindingDraft[] {
	return fingerprintOf(publicKey.export({type: 'spki', format: 'der'})) === installed
		? [
				warn(
					'key-reused',
					'The private key is the one that is installed now.',
					'It works; make a new key and a new request for the next certificate, so that no key is used for ever.',
				),
			]
		: [];
}

/**
 * Whether an RSA key can do its work: its numbers fit together, and what it signs is verified by its public key. Both are
 * looked at, for OpenSSL signs around a damaged prime and a foreign private part may have consistent numbers of its own.
 */
export function consistencyFindings(key: PrivateKey): FindingDraft[] {
	const fault = key.privateKey.asymmetricKeyType === 'rsa' ? inconsistency(key) : undefined;
	return fault === undefined
		? []
		: [refuse('key-inconsistent', fault, 'Upload the original key file again. If there is none, make a new key and a new request.')];
}

function inconsistency({privateKey, publicKey}: PrivateKey): string | undefined {
	if (isOversized(privateKey)) {
		return 'The private key is too large to be used for TLS.';
	}

	if (!numbersFit(privateKey)) {
		return 'The numbers of the private key do not fit together: the file is damaged or was tampered with.';
	}

	return canSign(privateKey, publicKey) ? undefined : 'The private key cannot sign for its own public key.';
}

function canSign(privateKey: KeyObject, publicKey: KeyObject): boolean {
	try {
		const challenge = randomBytes(32);
		return verify('sha256', challenge, publicKey, sign('sha256', challenge, privateKey));
	} catch {
		return (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 512; // Too small for the signature; refused for its size.
	}
}
