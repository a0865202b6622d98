// Public keys of SSH as one line of an authorized_keys file (sshd(8)): what may stand in it, and what it says.
import {createHash, createPublicKey, type JsonWebKey} from 'node:crypto';
import {sanitise} from '../sanitise.js';
import {Problem} from '../problem.js';

export type PublicKey = {
	/** The type as the line names it, such as `ssh-ed25519`. */
	type: string;
	/** Base64, as the line has it. */
	blob: string;
	kind: 'ED25519' | 'ECDSA' | 'RSA';
	bits: number;
	/** `SHA256:` and the hash in base64 without padding, as OpenSSH shows it. */
	sha256: string;
	/** What stands behind the key, without anything that could steer a terminal. */
	comment: string;
	options: string[];
	/** The whole line, with single blanks. */
	line: string;
};

const curves: Record<string, {crv: string; bits: number}> = {
	nistp256: {crv: 'P-256', bits: 256}, nistp384: {crv: 'P-384', bits: 384}, nistp521: {crv: 'P-521', bits: 521},
};

/** Options that forbid what this server does not do for anybody. Others would have to be obeyed. */
const harmless = new Set(['no-port-forwarding', 'no-agent-forwarding', 'no-x11-forwarding', 'no-user-rc']);

const leastRsaBits = 2048;
const maxRsaBits = 16_384;

/**
 * Reads a line. Throws a Problem that says why it opens nothing: `private-key`, `not-public-key`, `key-type`, `key-option`,
 * `key-damaged` or `key-weak`.
 */
export function readPublicKey(line: string): PublicKey {
	mustNotBeFile(line);
	const {options, type, blob, comment} = wordsIn(line);
	const bytes = Buffer.from(blob, 'base64');
	const fields = fieldsIn(bytes);
	if (bytes.toString('base64') !== blob || fields?.[0]?.toString('latin1') !== type) {
		throw damaged(type);
	}

	const {kind, bits} = sizeOf(type, fields.slice(1));
	const shown = sanitise(comment);
	return {type, blob, kind, bits, options, sha256: sshFingerprint(bytes), comment: shown, line: [options.join(','), type, blob, shown].filter(word => word !== '').join(' ')};
}

/** A key as `ssh-keygen -l` prints it. */
export function describeKey({bits, sha256, comment, kind}: PublicKey): string {
	return `${bits} ${sha256} ${comment === '' ? 'no comment' : comment} (${kind})`;
}

/** How OpenSSH shows a key to people. */
export function sshFingerprint(blob: Uint8Array): string {
	return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Whether a line begins a private key, in any of the formats that tools write. */
export function isPrivateKey(line: string): boolean {
	return /-----BEGIN [A-Z\d ]*PRIVATE KEY|^PuTTY-User-Key-File/i.test(line);
}

/** Other things that are taken for a public key. */
function mustNotBeFile(line: string): void {
	if (isPrivateKey(line)) {
		throw new Problem('private-key', 'That is a private key. It is not kept here.', 'Whoever may have seen it can use it: make a new pair, and add its public part, the file that ends with .pub.');
	}

	if (/-BEGIN SSH2 PUBLIC KEY|^---- BEGIN/i.test(line)) {
		throw new Problem('not-public-key', 'That is a public key in the format of RFC 4716, not in the one of OpenSSH.', 'Convert it: ssh-keygen -i -f FILE. PuTTYgen shows it under "Public key for pasting into OpenSSH authorized_keys file".');
	}

	if (/-----BEGIN /.test(line)) {
		throw new Problem('not-public-key', 'That is a PEM file, not a public key of OpenSSH.', 'Convert a public key: ssh-keygen -i -m PKCS8 -f FILE');
	}
}

function wordsIn(line: string): {options: string[]; type: string; blob: string; comment: string} {
	const words = line.trim().split(/\s+/);
	const start = words.findIndex(word => /^(?:sk-)?(?:ssh|ecdsa)-/.test(word));
	const [type, blob = '', ...comment] = start < 0 ? [] : words.slice(start);
	if (type === undefined) {
		throw new Problem('not-public-key', 'That is not a line of a public key.', 'It begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa, and stands in the file that ends with .pub.');
	}

	const options = start === 0 ? [] : words.slice(0, start).join(' ').toLowerCase().split(',');
	const obeyed = options.filter(option => !harmless.has(option));
	if (obeyed.length > 0) {
		throw new Problem('key-option', `The option ${sanitise(obeyed[0]!.slice(0, 60))} would have to be obeyed, which this appliance cannot.`, 'Leave the options away.');
	}

	return {options, type, blob, comment: comment.join(' ').slice(0, 200)};
}

/** The strings that a blob consists of (RFC 4251, 5); undefined when it does not end with the last of them. */
function fieldsIn(bytes: Buffer): Buffer[] | undefined {
	const fields: Buffer[] = [];
	let offset = 0;
	while (offset + 4 <= bytes.length) {
		const end = offset + 4 + bytes.readUInt32BE(offset);
		fields.push(bytes.subarray(offset + 4, end));
		offset = end;
	}

	return offset === bytes.length ? fields : undefined;
}

function sizeOf(type: string, fields: readonly Buffer[]): Pick<PublicKey, 'kind' | 'bits'> {
	const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = fields;
	if (type === 'ssh-ed25519') {
		mustLoad(type, fields.length === 1, {kty: 'OKP', crv: 'Ed25519', x: first.toString('base64url')});
		return {kind: 'ED25519', bits: 256};
	}

	if (type === 'ssh-rsa') {
		mustLoad(type, fields.length === 2 && isPositive(first) && isPositive(second), {kty: 'RSA', e: first.toString('base64url'), n: second.toString('base64url')});
		return {kind: 'RSA', bits: rsaBits(second)};
	}

	const name = type.replace('ecdsa-sha2-', '');
	const curve = Object.hasOwn(curves, name) ? curves[name] : undefined;
	if (!curve) {
		throw new Problem('key-type', `Keys of the type ${sanitise(type.slice(0, 60))} are not accepted here.`, 'Make another one: ssh-keygen -t ed25519');
	}

	const half = Math.ceil(curve.bits / 8);
	const isPoint = fields.length === 2 && first.toString('latin1') === name && second.length === 1 + 2 * half && second[0] === 4;
	mustLoad(type, isPoint, {kty: 'EC', crv: curve.crv, x: second.toString('base64url', 1, 1 + half), y: second.toString('base64url', 1 + half)});
	return {kind: 'ECDSA', bits: curve.bits};
}

function rsaBits(modulus: Buffer): number {
	const bits = BigInt(`0x${modulus.toString('hex')}`).toString(2).length;
	if (bits < leastRsaBits || bits > maxRsaBits) {
		throw new Problem('key-weak', `An RSA key of ${bits} bits is not accepted: it must have ${leastRsaBits} to ${maxRsaBits}.`, 'Make another one: ssh-keygen -t ed25519');
	}

	return bits;
}

/** Whether a number (RFC 4251, 5, mpint) is greater than 0. */
function isPositive(number: Buffer): boolean {
	return number.length > 0 && number[0]! < 0x80 && number.some(byte => byte > 0);
}

/** OpenSSL reads the numbers: a point must lie on its curve. */
function mustLoad(type: string, hasFormat: boolean, key: JsonWebKey): void {
	try {
		if (hasFormat) {
			createPublicKey({key, format: 'jwk'});
			return;
		}
	} catch {
		// Then the numbers are none of a key.
	}

	throw damaged(type);
}

function damaged(type: string): Problem {
	return new Problem('key-damaged', `The key that begins with ${type} is damaged or cut off.`, 'Copy the whole line again, from the file that ends with .pub.');
}
