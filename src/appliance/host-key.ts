// The appliance's one SSH host key, in the files and formats that OpenSSH's own tools read.
import {randomBytes} from 'node:crypto';
import {link, mkdir, readFile, rename, unlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {hasCode, Problem} from '../problem.js';
import {createFile, syncFolder} from './atomic-file.js';
import type {Layout} from './layout.js';
import {newPrivateKey, publicLineOf} from '../ssh-keys/openssh-key.js';
import {sshFingerprint} from '../ssh-keys/public-key.js';

/** What `ssh-keygen -l` says of a key. */
export type Fingerprint = {
	/** The kind of key, such as `ED25519`. */
	type: string;
	bits: number;
	/** `SHA256:` and the hash in base64 without padding. */
	sha256: string;
};

const keyType = 'ssh-ed25519';
const comment = 'tanos';

/**
 * Makes the ed25519 host key when there is none yet, mode 0600, and its `.pub`, mode 0644. Concurrent callers
 * all get the same key. Rejects with Problem `host-key-unreadable` when the existing key is damaged, and never replaces it:
 * a changed host key looks like an attack to every client.
 */
export async function ensureHostKey(layout: Layout): Promise<void> {
	const present = (await ifPresent(async () => readFile(layout.hostKey))) ?? (await makeHostKey(layout));
	const line = publicLineOf(present, comment);
	present.fill(0);
	if (line === undefined) {
		throw new Problem(
			'host-key-unreadable',
			`The SSH host key ${layout.hostKey} is not an unencrypted ed25519 key in OpenSSH's format.`,
			'Restore it from a backup of the appliance. Delete it only if every client can be given a new host key.',
		);
	}

	if ((await ifPresent(async () => readFile(publicFile(layout), 'utf8'))) !== line) {
		await place(publicFile(layout), Buffer.from(line), 0o644, rename);
	}
}

/** The fingerprints of the host keys, read from their public files. Rejects with Problem `no-host-key`. */
export async function hostKeyFingerprints(layout: Layout): Promise<Fingerprint[]> {
	const text = await ifPresent(async () => readFile(publicFile(layout), 'utf8'));
	const [type, blob] = text?.split(' ') ?? [];
	if (type !== keyType || !blob) {
		throw new Problem('no-host-key', `There is no SSH host key in ${layout.settings}.`, 'Start `tanos serve` once; it makes the key.');
	}

	return [{type: 'ED25519', bits: 256, sha256: sshFingerprint(Buffer.from(blob, 'base64'))}];
}

function publicFile(layout: Layout): string {
	return `${layout.hostKey}.pub`;
}

/** Makes a key unless another process has just made one, and returns the file that is in place. */
async function makeHostKey(layout: Layout): Promise<Buffer> {
	await mkdir(layout.settings, {recursive: true, mode: 0o700});
	const fresh = await newPrivateKey(comment);
	// Unlike rename(2), link(2) never replaces a key that another caller has put there.
	await place(layout.hostKey, fresh, 0o600, link).catch(ignoreWinner);
	fresh.fill(0);
	await syncFolder(layout.settings);
	return readFile(layout.hostKey);
}

/** Puts a file in place in one step, from a side file whose name no other caller in this or another process uses. */
async function place(file: string, bytes: Buffer, mode: number, put: typeof link): Promise<void> {
	const side = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.new`;
	try {
		await createFile(side, bytes, mode);
		await put(side, file);
	} finally {
		await ifPresent(async () => unlink(side));
	}
}

function ignoreWinner(error: unknown): void {
	if (!hasCode(error, 'EEXIST')) {
		throw error;
	}
}
