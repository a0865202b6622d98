// A private key in a file of the operator's. Its public half is found without the passphrase wherever that is possible, so
// that nobody is asked for the passphrase of a key that the host does not take.
import {open, readFile} from 'node:fs/promises';
import ssh2, {type ParsedKey} from 'ssh2';
import {hasCode, messageOf} from '../problem.js';
import {publicPartOf} from '../ssh-keys/openssh-key.js';
import {keyTypeOf} from '../ssh-keys/wire.js';
import type {Operator} from './host.js';

const tries = 3;

/** The public half of a key file: from `FILE.pub`, else from FILE itself; undefined when neither tells. */
export async function publicKeyOf(file: string): Promise<ParsedKey | undefined> {
	const beside = await readFile(`${file}.pub`).catch(() => undefined);
	const own = await readFile(file).catch(() => undefined);
	try {
		return parsed(beside) ?? parsed(own) ?? parsed(own && publicLineIn(own));
	} finally {
		own?.fill(0);
	}
}

/** Whether there is anything to sign with under this name. */
export async function isPrivateKeyFile(file: string): Promise<boolean> {
	const bytes = await readFile(file).catch(() => undefined);
	const isPrivate = bytes?.toString('latin1').includes('PRIVATE KEY-----') ?? false;
	bytes?.fill(0);
	return isPrivate;
}

/** The private key, for which the passphrase is asked when it has one. Undefined when it stays locked; why has been told. */
export async function unlocked(file: string, operator: Operator): Promise<ParsedKey | undefined> {
	const bytes = await bytesOf(file, operator);
	if (!bytes) {
		return undefined;
	}

	try {
		return privateKeyIn(bytes) ?? await withPassphrase(file, bytes, operator);
	} finally {
		bytes.fill(0);
	}
}

async function withPassphrase(file: string, bytes: Buffer, operator: Operator): Promise<ParsedKey | undefined> {
	const problem = ssh2.utils.parseKey(bytes);
	if (problem instanceof Error && !/passphrase/i.test(problem.message)) {
		operator.tell(`${file} is not a private key that can be read.`);
		return undefined;
	}

	for (let tried = 0; tried < tries; tried++) {
		const passphrase = await operator.answer(`Enter passphrase for key '${file}': `, {hidden: true});
		if (!passphrase) {
			return undefined; // An empty answer is how one goes on to the next key, as with OpenSSH.
		}

		const key = privateKeyIn(bytes, passphrase);
		if (key) {
			return key;
		}
	}

	operator.tell(`${file}: three passphrases did not open it.`);
	return undefined;
}

function privateKeyIn(bytes: Buffer, passphrase?: string): ParsedKey | undefined {
	const key = ssh2.utils.parseKey(bytes, passphrase);
	return key instanceof Error || !key.isPrivateKey() ? undefined : key;
}

/** Reads a key that nobody else can read; others are not used, because they may have been copied. */
async function bytesOf(file: string, operator: Operator): Promise<Buffer | undefined> {
	try {
		await using handle = await open(file);
		const {mode, uid} = await handle.stat();
		if ((mode & 0o077) !== 0 && uid === process.getuid?.()) {
			operator.tell(`${file} can be read by others, so it is not used. To mend it: chmod 600 ${file}`);
			return undefined;
		}

		return await handle.readFile();
	} catch (error) {
		operator.tell(hasCode(error, 'ENOENT') ? `There is no key ${file}.` : `${file} cannot be read. ${messageOf(error)}`);
		return undefined;
	}
}

function parsed(bytes: Buffer | undefined): ParsedKey | undefined {
	const key = bytes && ssh2.utils.parseKey(bytes);
	return key instanceof Error ? undefined : key;
}

/** The public key that an encrypted key file in OpenSSH's format holds in the clear. */
function publicLineIn(file: Buffer): Buffer | undefined {
	const blob = publicPartOf(file)?.blob;
	return blob && Buffer.from(`${keyTypeOf(blob)} ${blob.toString('base64')}`);
}
