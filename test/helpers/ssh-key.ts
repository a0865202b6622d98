import {writeFile} from 'node:fs/promises';
import {newPrivateKey, publicLineOf} from '../../src/ssh-keys/openssh-key.js';

/** Makes an ed25519 key for SSH without a passphrase: FILE, and FILE.pub beside it. Resolves with the line of the public key. */
export async function makeSshKey(file: string): Promise<string> {
	const key = await newPrivateKey('test');
	const line = publicLineOf(key, 'test')!;
	await writeFile(file, key, {mode: 0o600});
	await writeFile(`${file}.pub`, line);
	return line;
}
