// B-K: the public key for which the private keys in /outgoing are encrypted.
import {readBackupKey} from '../../appliance/backup-key.js';
import {plainKeysIn, removeBackupKey, setBackupKey, type BackupKeySet} from '../../installation/outgoing-keys.js';
import {sanitise} from '../../sanitise.js';
import {printingProblems, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askPem} from './ask-pem.js';

type Work = (conversation: Conversation, session: ConsoleSession) => Promise<void>;

export async function setBackupKeyFlow(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print('A backup in /outgoing holds a private key. With a backup key it is encrypted, and openssl cms -decrypt opens it.');
	for (;;) {
		let isSet = true; // One that cannot be read can be removed, too.
		await printingProblems(conversation, async () => {
			isSet = await printState(conversation, session);
		});
		const work = await conversation.choose<Work>('Action for the backup key, or R:', [
			{key: 'A', label: 'Set a key by pasting it', value: paste},
			...(isSet ? [{key: 'D', label: 'Delete the key', value: remove}] : []),
		]);
		if (!work) {
			return;
		}

		await printingProblems(conversation, async () => work(conversation, session));
	}
}

/** Resolves with whether there is a backup key. */
async function printState(conversation: Conversation, {layout}: ConsoleSession): Promise<boolean> {
	const key = await readBackupKey(layout);
	const plain = await plainKeysIn(layout);
	conversation.print(describeBackupKey(key?.sha256), 'heading');
	if (key && plain.length > 0) {
		conversation.print(['These keys in /outgoing are not encrypted:', ...plain.map(name => `  ${sanitise(name)}`)].join('\n'), 'warning');
	}

	return key !== undefined;
}

async function paste(conversation: Conversation, {layout, user, from}: ConsoleSession): Promise<void> {
	const pem = await askPem(conversation);
	if (pem === '') {
		conversation.print('Nothing was changed.');
		return;
	}

	const result = await setBackupKey(layout, Buffer.from(pem), {user: user.name, from});
	conversation.print(describeChange(result).join('\n'), result.plain.length === 0 ? 'good' : 'bad');
}

async function remove(conversation: Conversation, {layout, user, from}: ConsoleSession): Promise<void> {
	if (await conversation.confirm('Later backups will hold the private key as it is. Delete the backup key?', 'yes')) {
		await removeBackupKey(layout, {user: user.name, from});
		conversation.print('The backup key was deleted.', 'good');
	}
}

/** What is true of this backup key, given by its SHA-256, as one line or two. */
export function describeBackupKey(sha256: string | undefined): string {
	return sha256 === undefined ? 'No backup key: private keys are copied to /outgoing as they are.' : `Backup key: SHA-256\n${sha256}`;
}

/** What setting the key has changed. */
export function describeChange({encrypted, plain}: BackupKeySet): string[] {
	return [
		'The backup key is set. Later backups are encrypted for it.',
		...encrypted.map(name => `Encrypted in /outgoing: ${sanitise(name)}`),
		...plain.map(({name, why}) => `Not encrypted in /outgoing: ${sanitise(name)}. ${why}`),
	];
}
