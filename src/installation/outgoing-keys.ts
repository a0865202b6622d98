// The private keys in /outgoing. With a backup key they are encrypted for it; the pairs in var/lib/tanos/backups, from which a
// rollback is made, are not.
import {unlink} from 'node:fs/promises';
import path from 'node:path';
import {createWholeFile, syncFolder} from '../appliance/atomic-file.js';
import {deleteBackupKey, readBackupKey, storeBackupKey} from '../appliance/backup-key.js';
import type {Layout} from '../appliance/layout.js';
import {assertSharedFolder} from '../appliance/links.js';
import {lockInstallation} from '../appliance/lock.js';
import {readUpload, uploadsIn, zeroizeUpload} from '../appliance/uploads.js';
import type {By} from '../appliance/by.js';
import {encryptFor} from '../certificates/encryption/enveloped-data.js';
import type {Recipient} from '../certificates/encryption/recipient.js';
import {hasCode, messageOf, Problem} from '../problem.js';
import {sha256, type Change} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {assertNoJournal} from './journal.js';
import {keyMode} from './pair-files.js';
import {isNamedLikeKey} from './target.js';

type OutgoingCopy = {pair: PairBytes} & Pick<Change, 'encryptedKey'>;

/** What of a pair is copied to /outgoing: the key as it is, or encrypted. Rejects with Problem `backup-key-unreadable`. */
export async function outgoingCopy(layout: Layout, pair: PairBytes): Promise<OutgoingCopy> {
	const recipient = await readBackupKey(layout);
	if (!recipient) {
		return {pair};
	}

	const key = Buffer.from(encryptFor(recipient, pair.key));
	return {pair: {certificate: pair.certificate, key}, encryptedKey: sha256(key)};
}

/** The names of keys in /outgoing that are not encrypted. Rejects with Problem `folder-is-link`. */
export async function plainKeysIn({outgoing}: Layout): Promise<string[]> {
	return (await uploadsIn(outgoing)).filter(name => isNamedLikeKey(name));
}

export type BackupKeySet = {
	/** SHA-256 of the SubjectPublicKeyInfo, `AB:CD:...`. */
	sha256: string;
	/** The names of the keys in /outgoing that were encrypted, as they are now. */
	encrypted: string[];
	/** Those that are not encrypted, and why. */
	plain: Array<{name: string; why: string}>;
};

/**
 * Makes the key in this PEM the backup key, then encrypts the keys that are in /outgoing. Rejects with Problem `locked`, `unfinished`,
 * `folder-is-link`, or as readRecipient() does; nothing was changed then.
 */
export async function setBackupKey(layout: Layout, pem: Buffer, by: By): Promise<BackupKeySet> {
	await using _lock = await lockInstallation(layout, by);
	await assertNoJournal(layout);
	await assertSharedFolder(layout.outgoing);
	const recipient = await storeBackupKey(layout, pem, by);
	const result: BackupKeySet = {sha256: recipient.sha256, encrypted: [], plain: []};
	for (const name of await plainKeysIn(layout)) {
		try {
			result.encrypted.push(await encryptInPlace(layout, name, recipient));
		} catch (error) {
			result.plain.push({name, why: messageOf(error)});
		}
	}

	return result;
}

/** Removes the backup key, so that later keys are copied to /outgoing as they are. Rejects with Problem `locked`. */
export async function removeBackupKey(layout: Layout, by: By): Promise<string | undefined> {
	await using _lock = await lockInstallation(layout, by);
	return await deleteBackupKey(layout, by);
}

/** The plain key is removed only when the encrypted one is on the disk, whole. Resolves with the new name. */
async function encryptInPlace({outgoing}: Layout, name: string, recipient: Recipient): Promise<string> {
	const file = path.join(outgoing, name);
	const found = await readUpload(file);
	if (found.state !== 'read') {
		throw new Problem('not-encrypted', `It cannot be read as a key (${found.state}).`, '');
	}

	try {
		const encrypted = await createWithFreeName(outgoing, name, encryptFor(recipient, found.bytes));
		await syncFolder(outgoing);
		await unlink(file);
		await syncFolder(outgoing);
		return encrypted;
	} finally {
		zeroizeUpload(found);
	}
}

/** Never over another file: one that an interrupted run has left may be encrypted for another key. */
async function createWithFreeName(folder: string, name: string, text: string): Promise<string> {
	for (let attempt = 1; ; attempt++) {
		const free = attempt === 1 ? `${name}.p7m` : `${name}-${attempt}.p7m`;
		try {
			await createWholeFile(path.join(folder, free), text, keyMode);
			return free;
		} catch (error) {
			if (!hasCode(error, 'EEXIST')) {
				throw error;
			}
		}
	}
}
