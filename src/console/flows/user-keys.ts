// The authorized keys of a user, as C-U shows and changes them.
import path from 'node:path';
import {addAuthorizedKeys, authorizedKeysOf, copyAuthorizedKeys, deleteAuthorizedKey, type By, type ListedKey} from '../../appliance/authorized-keys.js';
import {isPrivateKey, keyInWords, type PublicKey} from '../../appliance/public-key.js';
import {forgetUpload, readUpload, uploadsIn} from '../../appliance/uploads.js';
import {sanitise} from '../../certificates/sanitise.js';
import {Problem} from '../../problem.js';
import {sayingProblems, type Choice, type Conversation} from '../conversation.js';
import type {Visit} from '../world.js';

type Work = () => Promise<void>;

export async function manageKeys(talk: Conversation, visit: Visit, account: string): Promise<void> {
	for (;;) {
		const keys = await authorizedKeysOf(visit.layout, account);
		talk.say(keys.length === 0 ? `No key opens ${account}.` : `Keys that open ${account}. Enter the number of one to delete it.`);
		const work = await talk.choose('Key, or R:', [
			...keys.map((key): Choice<Work> => ({key: String(key.number), label: inWords(key), value: async () => remove(talk, visit, account, key)})),
			{key: 'A', label: 'Add a key by pasting it', value: async () => sayAdded(talk, await paste(talk, visit, account))},
			{key: 'F', label: 'Add a key from a file in /incoming', value: async () => addFromFile(talk, visit, account)},
			...account === 'tancopy' ? [{key: 'C', label: 'Copy your own keys to tancopy', value: async () => copyOwn(talk, visit)}] : [],
		]);
		if (!work) {
			return;
		}

		await sayingProblems(talk, work);
	}
}

/** What tells keys apart stands first: a narrow screen cuts off the end. */
function inWords({key, fault}: ListedKey): string {
	return key ? `${key.kind.padEnd(9)}${key.sha256}  ${key.comment}`.trimEnd() : `opens nothing: ${fault}`;
}

function byOf({user, from}: Visit): By {
	return {user: user.name, from};
}

/** What was listed is deleted, whatever has become of its number since. */
async function remove(talk: Conversation, visit: Visit, account: string, key: ListedKey): Promise<void> {
	if (await talk.confirm(`Whoever uses this key can no longer sign in with it as ${account}. Delete it?`, 'yes')) {
		await deleteAuthorizedKey(visit.layout, account, key.line, byOf(visit));
		talk.say('The key was deleted.', 'good');
	}
}

async function paste(talk: Conversation, visit: Visit, account: string): Promise<PublicKey[]> {
	const line = await talk.ask('Public key, in one line:');
	if (isPrivateKey(line)) {
		await takeUnseen(talk);
	}

	return addAuthorizedKeys(visit.layout, account, line, byOf(visit));
}

/** What follows in the paste is the secret itself: it must neither be shown nor be taken for menu entries. */
async function takeUnseen(talk: Conversation): Promise<void> {
	for (let line = ''; !/-----END |^Private-MAC/.test(line);) {
		line = await talk.secret('A private key! Its other lines are thrown away. Ctrl+C if there are none:');
	}
}

async function addFromFile(talk: Conversation, visit: Visit, account: string): Promise<void> {
	const names = (await uploadsIn(visit.layout.incoming)).filter(name => /\.pub$/i.test(name));
	if (names.length === 0) {
		throw new Problem('no-upload', '/incoming holds no file whose name ends with .pub.', 'Upload the public key as tancopy, then try again.');
	}

	const name = await talk.choose('Line number of the file, or R:', names.map((name, index) => ({key: String(index + 1), label: sanitise(name), value: name})));
	if (name === undefined) {
		return;
	}

	const upload = await readUpload(path.join(visit.layout.incoming, name));
	try {
		if (upload.state !== 'read') {
			throw new Problem('no-upload', `${sanitise(name)} is not a file that can be read here.`, 'Remove it, and upload it again.');
		}

		sayAdded(talk, await addAuthorizedKeys(visit.layout, account, upload.bytes.toString(), byOf(visit)));
	} finally {
		forgetUpload(upload);
	}
}

async function copyOwn(talk: Conversation, visit: Visit): Promise<void> {
	const added = await copyAuthorizedKeys(visit.layout, visit.user.name, 'tancopy', byOf(visit));
	if (added.length === 0) {
		talk.say('tancopy has all of your keys already.');
	} else {
		sayAdded(talk, added);
	}
}

function sayAdded(talk: Conversation, keys: readonly PublicKey[]): void {
	talk.say(['Added:', ...keys.map(key => `  ${keyInWords(key)}`)].join('\n'), 'good');
}
