// SSH public keys as lines of an authorized_keys file (sshd(8)): which lines are accepted, and what they contain.
import {createHash, createPublicKey, type JsonWebKey} from 'node:crypto';
import {sanitise} from '../sanitise.js';
import {Problem} from '../problem.js';
import {stringsIn, WireError} from './wire.js';

export type PublicKey = {
	/** The type as the line names it, such as `ssh-ed25519`. */
	type: string;
	/** The key in base64, as in the line. */
	blob: string;
	kind: 'ED25519' | 'ECDSA' | 'RSA';
	bits: number;
	/** `SHA256:` and the hash in base64 without padding, as OpenSSH prints it. */
	sha256: string;
	/** The comment, without control characters. */
	comment: string;
	options: string[];
	/** The line, with single spaces. */
	line: string;
};

const curves: Record<string, {crv: string; bits: number}> = {
	nistp256: {crv: 'P-256', bits: 256},
	nistp384: {crv: 'P-384', bits: 384},
	nistp521: {crv: 'P-521', bits: 521},
};

/** Options that forbid what this server never allows. It would have to implement any other. */
const ignoredOptions = new Set(['no-port-forwarding', 'no-agent-forwarding', 'no-x11-forwarding', 'no-user-rc']);

const minRsaBits = 2048;
const maxRsaBits = 16_384;

/**
 * Parses a line. Throws Problem `private-key`, `not-public-key`, `key-type`, `key-option`, `key-damaged` or `key-weak` for a line
 * that cannot authenticate anybody.
 */
export function readPublicKey(line: string): PublicKey {
	assertNotOtherFile(line);
	const {options, type, blob, comment} = wordsIn(line);
	const bytes = Buffer.from(blob, 'base64');
	const fields = fieldsIn(bytes);
	if (bytes.toString('base64') !== blob || fields?.[0]?.toString('latin1') !== type) {
		throw damaged(type);
	}

	const {kind, bits} = sizeOf(type, fields.slice(1));
	const shown = sanitise(comment);
	return {
		type,
		blob,
		kind,
		bits,
		options,
		sha256: sshFingerprint(bytes),
		comment: shown,
		line: [options.join(','), type, blob, shown].filter(word => word !== '').join(' '),
	};
}

/** A key as `ssh-keygen -l` prints it. */
export function describeKey({bits, sha256, comment, kind}: PublicKey): string {
	return `${bits} ${sha256} ${comment === '' ? 'no comment' : comment} (${kind})`;
}

/** The fingerprint of a key, as OpenSSH prints it. */
export function sshFingerprint(blob: Uint8Array): string {
	return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Whether a line begins a private key, in any of the formats that tools write. */
export function isPrivateKey(line: string): boolean {
	return /-----BEGIN [A-Z\d ]*PRIVATE KEY|^PuTTY-User-Key-File/i.test(line);
}

/** Throws for files that are often mistaken for a public key. */
function assertNotOtherFile(line: string): void {
	if (isPrivateKey(line)) {
		throw new Problem(
			'private-key',
			'That is a private key. It is not kept here.',
			'Anyone who has seen it can use it: make a new key pair, and add its public key, the file that ends in .pub.',
		);
	}

	if (/-BEGIN SSH2 PUBLIC KEY|^---- BEGIN/i.test(line)) {
		throw new Problem(
			'not-public-key',
			'That public key is in RFC 4716 format, not in OpenSSH format.',
			'Convert it: ssh-keygen -i -f FILE. PuTTYgen shows it under "Public key for pasting into OpenSSH authorized_keys file".',
		);
	}

	if (line.includes('-----BEGIN ')) {
		throw new Problem(
			'not-public-key',
			'That is a PEM file, not an OpenSSH public key.',
			'Convert a public key: ssh-keygen -i -m PKCS8 -f FILE',
		);
	}
}

function wordsIn(line: string): {options: string[]; type: string; blob: string; comment: string} {
	const words = line.trim().split(/\s+/);
	const start = words.findIndex(word => /^(?:sk-)?(?:ssh|ecdsa)-/.test(word));
	const [type, blob = '', ...comment] = start < 0 ? [] : words.slice(start);
	if (type === undefined) {
		throw new Problem(
			'not-public-key',
			'That is not an OpenSSH public key.',
			'Such a line begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa; it is in the file that ends in .pub.',
		);
	}

	const options = start === 0 ? [] : words.slice(0, start).join(' ').toLowerCase().split(',');
	const unsupported = options.filter(option => !ignoredOptions.has(option));
	if (unsupported.length > 0) {
		throw new Problem(
			'key-option',
			`The option ${sanitise(unsupported[0]!.slice(0, 60))} is not supported.`,
			'Remove the options from the line.',
		);
	}

	return {options, type, blob, comment: comment.join(' ').slice(0, 200)};
}

/** The strings of a blob; undefined when it is cut off. */
function fieldsIn(blob: Buffer): Buffer[] | undefined {
	try {
		return stringsIn(blob);
	} catch (error) {
		if (error instanceof WireError) {
			return undefined;
		}

		throw error;
	}
}

function sizeOf(type: string, fields: readonly Buffer[]): Pick<PublicKey, 'kind' | 'bits'> {
	const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = fields;
	if (type === 'ssh-ed25519') {
		assertLoads(type, fields.length === 1, {kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url')});
		return {kind: 'ED25519', bits: 256};
	}

	if (type === 'ssh-rsa') {
		assertLoads(type, fields.length === 2 && isPositive(first) && isPositive(second), {
			kty: 'RSA',
			e: first.toString('base64url'),
			n: second.toString('base64url'),
		});
		return {kind: 'RSA', bits: rsaBits(second)};
	}

	const name = type.replace('ecdsa-sha2-', '');
	const curve = Object.hasOwn(curves, name) ? curves[name] : undefined;
	if (!curve) {
		throw new Problem(
			'key-type',
			`Keys of type ${sanitise(type.slice(0, 60))} are not accepted.`,
			'Make another key: ssh-keygen -t ed25519',
		);
	}

	const half = Math.ceil(curve.bits / 8);
	const isPoint = fields.length === 2 && first.toString('latin1') === name && second.length === 1 + 2 * half && second[0] === 4;
	assertLoads(type, isPoint, {
		kty: 'EC',
		crv: curve.crv,
		x: second.toString('base64url', 1, 1 + half),
		y: second.toString('base64url', 1 + half),
	});
	return {kind: 'ECDSA', bits: curve.bits};
}

function rsaBits(modulus: Buffer): number {
	const bits = BigInt(`0x${modulus.toString('hex')}`).toString(2).length;
	if (bits < minRsaBits || bits > maxRsaBits) {
		throw new Problem(
			'key-weak',
			`An RSA key of ${bits} bits is not accepted: it must have ${minRsaBits} to ${maxRsaBits} bits.`,
			'Make another key: ssh-keygen -t ed25519',
		);
	}

	return bits;
}

/** Whether a number (RFC 4251, 5, mpint) is greater than 0. */
function isPositive(number: Buffer): boolean {
	return number.length > 0 && number[0]! < 0x80 && number.some(byte => byte > 0);
}

/** Has OpenSSL check the numbers: a point must be on its curve. */
function assertLoads(type: string, hasFormat: boolean, key: JsonWebKey): void {
	try {
		if (hasFormat) {
			createPublicKey({key, format: 'jwk'});
			return;
		}
	} catch {
		// OpenSSL refused the numbers.
	}

	throw damaged(type);
}

function damaged(type: string): Problem {
	return new Problem('key-damaged', `The ${type} key is damaged or cut off.`, 'Copy the whole line again from the file that ends in .pub.');
}
