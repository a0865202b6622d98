import type {KeyObject} from 'node:crypto';
import {der, sequenceIn} from '../parse/tlv.js';

/**
 * Whether the numbers of an RSA private key fit together (RFC 8017 3.2). Its DER is zeroed afterwards; the BigInts
 * remain in memory until they are collected.
 */
export function numbersFit(key: KeyObject): boolean {
	const exported = exportedNumbers(key);
	if (exported === undefined) {
		return false;
	}

	try {
		const [version = 0n, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, qi = 0n] = sequenceIn(exported)
			.filter(({tag}) => tag === der.integer)
			.map(({content}) => numberIn(content));
		const mayHaveMorePrimes = version !== 0n; // What is between them and the modulus, the challenge judges.
		return (
			p > 1n
			&& q > 1n
			&& e > 2n
			&& d > 1n
			&& (mayHaveMorePrimes ? n % (p * q) === 0n : p * q === n)
			&& (e * d) % (p - 1n) === 1n
			&& (e * d) % (q - 1n) === 1n
			&& dp === d % (p - 1n)
			&& dq === d % (q - 1n)
			&& (qi * q) % p === 1n
		);
	} finally {
		exported.fill(0);
	}
}

/** Undefined for numbers that OpenSSL has loaded but cannot export. */
function exportedNumbers(key: KeyObject): Buffer | undefined {
	try {
		return key.export({type: 'pkcs1', format: 'der'});
	} catch {
		return undefined;
	}
}

/** Whether two RSA public keys have the same numbers, even if one is restricted to RSASSA-PSS; types are judged elsewhere. */
export function haveOneModulus(one: KeyObject, other: KeyObject): boolean {
	const areRsa = [one, other].every(({asymmetricKeyType}) => asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss');
	return areRsa && publicNumbers(one).equals(publicNumbers(other));
}

function publicNumbers(key: KeyObject): Buffer {
	const [, bits] = sequenceIn(key.export({type: 'spki', format: 'der'}));
	return bits?.content ?? Buffer.alloc(0);
}

/** Reads a number without converting it to hexadecimal text. */
function numberIn(bytes: Buffer): bigint {
	let number = 0n;
	let at = 0;
	for (; at + 8 <= bytes.length; at += 8) {
		number = (number << 64n) | bytes.readBigUInt64BE(at);
	}

	for (; at < bytes.length; at++) {
		number = (number << 8n) | BigInt(bytes[at] ?? 0);
	}

	return number;
}
