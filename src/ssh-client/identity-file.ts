// A private key file of the operator. Its public key is read without the passphrase where possible, so that nobody is asked
// for the passphrase of a key that the host does not accept.
import {open, readFile} from 'node:fs/promises';
import type {ParsedKey} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import {hasCode, messageOf} from '../problem.js';
import {publicPartOf} from '../ssh-keys/openssh-key.js';
import {keyTypeOf} from '../ssh-keys/wire.js';
import type {Operator} from './host.js';

const maxTries = 3;

/** The public key of a key file, from `FILE.pub` or from FILE itself; undefined when neither has it. */
export async function publicKeyOf(file: string): Promise<ParsedKey | undefined> {
	const beside = await readFile(`${file}.pub`).catch(() => undefined);
	const own = await readFile(file).catch(() => undefined);
	try {
		return parsed(beside) ?? parsed(own) ?? parsed(own && publicLineIn(own));
	} finally {
		own?.fill(0);
	}
}

/** Whether the file holds a private key. */
export async function isPrivateKeyFile(file: string): Promise<boolean> {
	const bytes = await readFile(file).catch(() => undefined);
	const isPrivate = bytes?.toString('latin1').includes('PRIVATE KEY-----') ?? false;
	bytes?.fill(0);
	return isPrivate;
}

/** The private key; asks for its passphrase if it has one. Undefined, after a message to the operator, when it stays locked. */
export async function unlocked(file: string, operator: Operator): Promise<ParsedKey | undefined> {
	const bytes = await bytesOf(file, operator);
	if (!bytes) {
		return undefined;
	}

	try {
		return privateKeyIn(bytes) ?? (await withPassphrase(file, bytes, operator));
	} finally {
		bytes.fill(0);
	}
}

async function withPassphrase(file: string, bytes: Buffer, operator: Operator): Promise<ParsedKey | undefined> {
	const problem = ssh2.utils.parseKey(bytes);
	if (problem instanceof Error && !/passphrase/i.test(problem.message)) {
		operator.notify(`${file} is not a private key that can be read.`);
		return undefined;
	}

	for (let tried = 0; tried < maxTries; tried++) {
		const passphrase = await operator.answer(`Enter passphrase for key '${file}': `, {hidden: true});
		if (!passphrase) {
			return undefined; // As with OpenSSH, an empty answer skips the key.
		}

		const key = privateKeyIn(bytes, passphrase);
		if (key) {
			return key;
		}
	}

	operator.notify(`${file}: wrong passphrase three times.`);
	return undefined;
}

function privateKeyIn(bytes: Buffer, passphrase?: string): ParsedKey | undefined {
	const key = ssh2.utils.parseKey(bytes, passphrase);
	return key instanceof Error || !key.isPrivateKey() ? undefined : key;
}

/** Reads a key file. One that others can read is refused, as it may have been copied. */
async function bytesOf(file: string, operator: Operator): Promise<Buffer | undefined> {
	try {
		await using handle = await open(file);
		const {mode, uid} = await handle.stat();
		if ((mode & 0o077) !== 0 && uid === process.getuid?.()) {
			operator.notify(`${file} can be read by others, so it is not used. To fix that: chmod 600 ${file}`);
			return undefined;
		}

		return await handle.readFile();
	} catch (error) {
		operator.notify(hasCode(error, 'ENOENT') ? `There is no key ${file}.` : `${file} cannot be read. ${messageOf(error)}`);
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
