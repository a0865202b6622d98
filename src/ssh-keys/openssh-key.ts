// Ed25519 keys in the format that OpenSSH stores them in without a passphrase (OpenSSH, PROTOCOL.key).
import {generateKeyPair, randomBytes} from 'node:crypto';
import {promisify} from 'node:util';

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
	const secret = Buffer.concat([check, check, text(keyType), text(publicKey), text(Buffer.concat([seed, publicKey])), text(comment)]);
	const padding = Buffer.from(Array.from({length: (8 - (secret.length % 8)) % 8}, (_, index) => index + 1));
	const blob = Buffer.concat([text(keyType), text(publicKey)]);
	const container = Buffer.concat([
		magic, text('none'), text('none'), text(''), uint32(1), text(blob), text(Buffer.concat([secret, padding])),
	]);
	const lines = container.toString('base64').replaceAll(/.{70}(?!$)/g, '$&\n');
	return Buffer.from(`${armour.begin}\n${lines}\n${armour.end}\n`);
}

/** The line of the public key inside, where it stands ahead of the secret part; undefined for what is no such key. */
export function publicLineOf(file: Buffer, comment: string): string | undefined {
	const container = Buffer.from(file.toString('latin1').replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
	const start = Buffer.concat([magic, text('none'), text('none'), text(''), uint32(1)]);
	const blob = container.subarray(start.length + 4, start.length + 4 + 51);
	const expected = Buffer.concat([text(keyType), uint32(32)]);
	const isKey = container.subarray(0, start.length).equals(start) && blob.length === 51 && blob.subarray(0, expected.length).equals(expected);
	const line = isKey ? `${keyType} ${blob.toString('base64')} ${comment}\n` : undefined;
	container.fill(0);
	return line;
}

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

/** A string as RFC 4251 writes it: its length, then its bytes. */
function text(value: string | Uint8Array): Buffer {
	return Buffer.concat([uint32(value.length), Buffer.from(value)]);
}
