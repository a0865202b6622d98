// The public key for which the private keys in /outgoing are encrypted: `etc/tanos/backup-key.pem`.
import {mkdir, readFile, unlink} from 'node:fs/promises';
import {readRecipient, type Recipient} from '../certificates/encryption/recipient.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {replaceFile, syncFolder} from './atomic-file.js';
import {audit} from './audit.js';
import type {Layout} from './layout.js';
import type {By} from './by.js';

/** The backup key; undefined when there is none. Rejects with Problem `backup-key-unreadable`. */
export async function readBackupKey({backupKey}: Layout): Promise<Recipient | undefined> {
	const pem = await ifPresent(async () => readFile(backupKey));
	try {
		return pem && readRecipient(pem);
	} catch (error) {
		throw new Problem(
			'backup-key-unreadable',
			`The backup key in ${backupKey} cannot be used. ${messageOf(error)}`,
			'Set it again (B-K, or set backup key), or remove it (set backup key none).',
			{cause: error},
		);
	}
}

/** Makes the key in this PEM the backup key. Rejects as readRecipient() does; nothing was changed then. */
export async function storeBackupKey(layout: Layout, pem: Buffer, by: By): Promise<Recipient> {
	const recipient = readRecipient(pem);
	await mkdir(layout.settings, {recursive: true, mode: 0o700});
	await audit(layout, {event: 'backup-key-set', ...by, key: recipient.sha256});
	await replaceFile(layout.backupKey, pem, 0o600);
	return recipient;
}

/** Removes the backup key. Resolves with its SHA-256, `unreadable` for a damaged one, or undefined when there was none. */
export async function deleteBackupKey(layout: Layout, by: By): Promise<string | undefined> {
	const pem = await ifPresent(async () => readFile(layout.backupKey));
	if (pem === undefined) {
		return undefined;
	}

	const sha256 = fingerprintIn(pem);
	await audit(layout, {event: 'backup-key-removed', ...by, key: sha256});
	await ifPresent(async () => unlink(layout.backupKey));
	await syncFolder(layout.settings);
	return sha256;
}

function fingerprintIn(pem: Buffer): string {
	try {
		return readRecipient(pem).sha256;
	} catch {
		return 'unreadable';
	}
}
