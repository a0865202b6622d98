// Ed25519 keys in the format that OpenSSH stores them in without a passphrase (OpenSSH, PROTOCOL.key).
import {generateKeyPair, randomBytes} from 'node:crypto';
import {promisify} from 'node:util';
import {string, uint32, WireError, WireReader} from './wire.js';

const keyType = 'ssh-ed25519';
const magic = Buffer.from('openssh-key-v1\0');
const armour = {begin: '-----BEGIN OPENSSH PRIVATE KEY-----', end: '-----END OPENSSH PRIVATE KEY-----'};

/** A new private key, for the caller to zero. */
export async function newPrivateKey(comment: string): Promise<Buffer> {
	const pair = await promisify(generateKeyPair)('ed25519', {
		publicKeyEncoding: {type: 'spki', format: 'der'},
		privateKeyEncoding: {type: 'pkcs8', format: 'der'},
	});
	// RFC 8410: both encodings of an ed25519 key end with its 32 bytes.
	const publicKey = pair.publicKey.subarray(-32);
	const seed = pair.privateKey.subarray(-32);
	const check = randomBytes(4);
	const secret = Buffer.concat([
		check,
		check,
		string(keyType),
		string(publicKey),
		string(Buffer.concat([seed, publicKey])),
		string(comment),
	]);
	const padding = Buffer.from(Array.from({length: (8 - (secret.length % 8)) % 8}, (_, index) => index + 1));
	const blob = Buffer.concat([string(keyType), string(publicKey)]);
	const container = Buffer.concat([
		magic,
		string('none'),
		string('none'),
		string(''),
		uint32(1),
		string(blob),
		string(Buffer.concat([secret, padding])),
	]);
	const lines = container.toString('base64').replaceAll(/.{70}(?!$)/g, '$&\n');
	return Buffer.from(`${armour.begin}\n${lines}\n${armour.end}\n`);
}

/** The public key's line of a key file; undefined for a file that is encrypted or holds no Ed25519 key. */
export function publicLineOf(file: Buffer, comment: string): string | undefined {
	const {cipher, blob} = publicPartOf(file) ?? {};
	const start = Buffer.concat([string(keyType), uint32(32)]);
	const isEd25519 = cipher === 'none' && blob?.length === start.length + 32 && blob.subarray(0, start.length).equals(start);
	return isEd25519 ? `${keyType} ${blob.toString('base64')} ${comment}\n` : undefined;
}

/** What a key file holds in the clear, before the private part; undefined for a file that is not in OpenSSH's format. */
export function publicPartOf(file: Buffer): {cipher: string; blob: Buffer} | undefined {
	const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(file.toString('latin1'))?.[1] ?? '';
	const container = Buffer.from(base64, 'base64');
	try {
		const reader = new WireReader(container);
		const isKey = reader.take(magic.length).equals(magic);
		const [cipher, _derivation, _options, count] = [reader.text(), reader.string(), reader.string(), reader.uint32()];
		return isKey && count === 1 ? {cipher, blob: Buffer.from(reader.string())} : undefined;
	} catch (error) {
		if (error instanceof WireError) {
			return undefined;
		}

		throw error;
	} finally {
		container.fill(0);
	}
}
