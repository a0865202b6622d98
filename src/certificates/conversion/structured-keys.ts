// Keys and certificates in JSON (RFC 7517) and in the XML of .NET. It runs in the thread of a conversion: JSON makes strings of a key.
import {createPrivateKey, type JsonWebKey, type KeyObject} from 'node:crypto';

export type Structured = {certificates: Buffer[]; keys: KeyObject[]};

/** What a JSON Web Key, a set of them or an RSAKeyValue holds; nothing for any other text. */
export function readStructured(text: string): Structured {
	const webKeys = /<RSAKeyValue\b/.test(text) ? [fromXml(text)] : webKeysIn(text);
	return {
		certificates: webKeys.flatMap(({x5c}): unknown[] => (Array.isArray(x5c) ? x5c : [])).map(value => Buffer.from(String(value), 'base64')),
		keys: webKeys.filter(({d}) => d !== undefined).flatMap(key => privateKeyOf(key)),
	};
}

function webKeysIn(text: string): JsonWebKey[] {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return [];
	}

	const set = typeof parsed === 'object' && parsed !== null && 'keys' in parsed ? parsed.keys : parsed;
	return (Array.isArray(set) ? set : [set]).filter((key): key is JsonWebKey => typeof key === 'object' && key !== null);
}

/** The members of a JSON Web Key for the elements of XML that hold the same numbers. */
const members = {n: 'Modulus', e: 'Exponent', d: 'D', p: 'P', q: 'Q', dp: 'DP', dq: 'DQ', qi: 'InverseQ'} as const;

function fromXml(text: string): JsonWebKey {
	const numbers = Object.entries(members).map(([member, element]) => {
		const value = new RegExp(`<${element}>([\\s\\w+/=]{1,8192})</${element}>`).exec(text)?.[1];
		return [member, value && Buffer.from(value, 'base64').toString('base64url')] as const;
	});
	return {kty: 'RSA', ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined))};
}

function privateKeyOf(key: JsonWebKey): KeyObject[] {
	try {
		return [createPrivateKey({key, format: 'jwk'})];
	} catch {
		return []; // Not a key that OpenSSL knows.
	}
}
