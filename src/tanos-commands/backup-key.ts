import {exitCodes} from '../exit-codes.js';
import {readBackupKey} from '../appliance/backup-key.js';
import {askPem} from '../console/flows/ask-pem.js';
import {describeBackupKey, describeChange} from '../console/flows/set-backup-key.js';
import {plainKeysIn, removeBackupKey, setBackupKey} from '../installation/outgoing-keys.js';
import {Problem} from '../problem.js';
import {sanitise} from '../sanitise.js';
import {alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';

/** Takes the key from standard input, or removes it. */
async function set(context: Context): Promise<number> {
	const {words} = context;
	if (words.length > 1 || (words.length === 1 && words[0]?.toLowerCase() !== 'none')) {
		throw usage('Only none may follow. The key is read from standard input.');
	}

	return words.length === 1 ? remove(context) : read(context);
}

async function read({session: {layout, user, from}, conversation, json, print}: Context): Promise<number> {
	const pem = await askPem(conversation);
	if (pem === '') {
		throw new Problem('no-key', 'No key was given. Nothing was changed.', 'To remove the backup key: set backup key none');
	}

	const result = await setBackupKey(layout, Buffer.from(pem), {user: user.name, from});
	print(...(json ? [JSON.stringify(result)] : [describeBackupKey(result.sha256), ...describeChange(result)]));
	return result.plain.length === 0 ? exitCodes.done : exitCodes.no;
}

async function remove({session: {layout, user, from}, json, print}: Context): Promise<number> {
	const sha256 = await removeBackupKey(layout, {user: user.name, from});
	const words = sha256 === undefined ? 'There was no backup key.' : 'The backup key was deleted.';
	print(json ? JSON.stringify({removed: sha256 ?? null}) : words);
	return exitCodes.done;
}

async function show(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {layout},
		json,
		print,
	} = context;
	const sha256 = (await readBackupKey(layout))?.sha256;
	const plain = await plainKeysIn(layout);
	print(
		...(json
			? [JSON.stringify({sha256: sha256 ?? null, plain})]
			: [describeBackupKey(sha256), ...plain.map(name => `Not encrypted in /outgoing: ${sanitise(name)}`)]),
	);
	return exitCodes.done;
}

export const backupKeyCommands: readonly Command[] = [
	{
		name: 'show backup key',
		group: 'TanOS Management',
		purpose: 'Show the SHA-256 of the backup key',
		about: 'SHA-256 of the public key, and the private keys in /outgoing that are not encrypted.',
		parameters: '[json]',
		examples: ['show backup key'],
		menu: 'B-K',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: show,
	},
	{
		name: 'set backup key',
		group: 'TanOS Management',
		purpose: 'Encrypt the private keys in /outgoing',
		about:
			'Reads an RSA public key of at least 2048 bits in PEM, or a certificate with one, from standard input. The private keys that '
			+ 'are in /outgoing now and those of later backups are encrypted for it. To open one: openssl cms -decrypt -inform PEM -in FILE '
			+ '-inkey backup.key -out SOAPServer.key. The word none removes the backup key. Exit code 1 when a key could not be encrypted.',
		parameters: '[none] [json]',
		examples: ['set backup key < backup.pub', 'set backup key none'],
		menu: 'B-K',
		roles: ['tanadmin'],
		run: set,
	},
];
