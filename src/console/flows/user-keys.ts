// C-U, K: the authorized keys of a user.
import {
	addAuthorizedKeys,
	authorizedKeysOf,
	copyAuthorizedKeys,
	deleteAuthorizedKey,
	type ListedKey,
} from '../../appliance/users/authorized-keys.js';
import {isPrivateKey, describeKey, type PublicKey} from '../../ssh-keys/public-key.js';
import {zeroizeUpload, uploadsIn} from '../../appliance/uploads.js';
import {sanitise} from '../../sanitise.js';
import {Problem} from '../../problem.js';
import {printingProblems, type Choice, type Conversation} from '../conversation.js';
import {userOf, type ConsoleSession} from '../environment.js';
import {readIncoming} from './read-incoming.js';

type Work = () => Promise<void>;

export async function manageKeys(conversation: Conversation, session: ConsoleSession, account: string): Promise<void> {
	for (;;) {
		const keys = await authorizedKeysOf(session.layout, account);
		conversation.print(
			keys.length === 0 ? `${account} has no authorized keys.` : `Authorized keys of ${account}. Enter the number of a key to delete it.`,
		);
		const work = await conversation.choose('Key, or R:', [
			{
				key: 'A',
				label: 'Add a key by pasting it',
				value: async () => printAdded(conversation, await paste(conversation, session, account)),
			},
			{key: 'F', label: 'Add a key from a file in /incoming', value: async () => addFromFile(conversation, session, account)},
			...(account === 'tancopy'
				? [{key: 'C', label: 'Copy your own keys to tancopy', value: async () => copyOwn(conversation, session)}]
				: []),
			...keys.map((key): Choice<Work> => ({
				key: String(key.number),
				label: describeListedKey(key),
				value: async () => remove(conversation, session, account, key),
			})),
		]);
		if (!work) {
			return;
		}

		await printingProblems(conversation, work);
	}
}

/** What distinguishes keys comes first: a narrow screen cuts off the end. */
function describeListedKey({key, fault}: ListedKey): string {
	return key ? `${key.kind.padEnd(9)}${key.sha256}  ${key.comment}`.trimEnd() : `not usable: ${fault}`;
}

/** Deletes the key that was listed, even if its number has changed since. */
async function remove(conversation: Conversation, session: ConsoleSession, account: string, key: ListedKey): Promise<void> {
	if (await conversation.confirm(`This key will no longer sign in as ${account}. Delete it?`, 'yes')) {
		await deleteAuthorizedKey(session.layout, account, key.line, userOf(session));
		conversation.print('The key was deleted.', 'good');
	}
}

async function paste(conversation: Conversation, session: ConsoleSession, account: string): Promise<PublicKey[]> {
	const line = await conversation.ask('Public key, in one line:');
	if (isPrivateKey(line)) {
		await takeUnseen(conversation);
	}

	return addAuthorizedKeys(session.layout, account, line, userOf(session));
}

/** The rest of the paste is the secret itself: it must neither be shown nor be taken for menu entries. */
export async function takeUnseen(conversation: Conversation): Promise<void> {
	for (let line = ''; !/-----END |^Private-MAC/.test(line);) {
		line = await conversation.secret('This is a private key. Its remaining lines are discarded. Press Ctrl+C if there are none:');
	}
}

async function addFromFile(conversation: Conversation, session: ConsoleSession, account: string): Promise<void> {
	const names = (await uploadsIn(session.layout.incoming)).filter(name => /\.pub$/i.test(name));
	if (names.length === 0) {
		throw new Problem(
			'no-upload',
			'/incoming holds no file whose name ends with .pub.',
			'Upload the public key as tancopy, then try again.',
		);
	}

	const name = await conversation.choose(
		'Line number of the file, or R:',
		names.map((name, index) => ({key: String(index + 1), label: sanitise(name), value: name})),
	);
	if (name === undefined) {
		return;
	}

	const upload = await readIncoming(session, name);
	try {
		if (upload.state !== 'read') {
			throw new Problem('no-upload', `${sanitise(name)} cannot be read as a regular file.`, 'Remove it, and upload it again.');
		}

		printAdded(conversation, await addAuthorizedKeys(session.layout, account, upload.bytes.toString(), userOf(session)));
	} finally {
		zeroizeUpload(upload);
	}
}

async function copyOwn(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const added = await copyAuthorizedKeys(session.layout, session.user.name, 'tancopy', userOf(session));
	if (added.length === 0) {
		conversation.print('tancopy already has all of your keys.');
	} else {
		printAdded(conversation, added);
	}
}

function printAdded(conversation: Conversation, keys: readonly PublicKey[]): void {
	conversation.print(['Added:', ...keys.map(key => `  ${describeKey(key)}`)].join('\n'), 'good');
}
