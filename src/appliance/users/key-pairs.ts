// The key pair with which a user of this appliance signs in to other hosts, where OpenSSH's tools look for it:
// `home/USER/.ssh/id_ed25519`. The private part never leaves the appliance.
import {mkdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {ifPresent} from '../../if-present.js';
import {Problem} from '../../problem.js';
import {readAccounts} from './accounts.js';
import {replaceFile} from '../atomic-file.js';
import {audit} from '../audit.js';
import type {By} from '../by.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';
import {newPrivateKey, publicLineOf} from '../../ssh-keys/openssh-key.js';
import {type PublicKey, readPublicKey} from '../../ssh-keys/public-key.js';

export type PairOptions = {
	by: By;
	/** The name of the appliance, for the comment of the public part. */
	host: string;
	/** Whether a pair that is there already may be replaced, which cannot be undone. */
	replace?: boolean;
};

/**
 * The public part of a user's pair; undefined when there is none. Rejects with Problem `no-account`, `bad-user-name` or
 * `pair-unreadable`.
 */
export async function publicPartOf(layout: Layout, user: string, host: string): Promise<PublicKey | undefined> {
	const file = await pairFile(layout, user);
	const bytes = await ifPresent(async () => readFile(file));
	const line = bytes && publicLineOf(bytes, commentOf(user, host));
	bytes?.fill(0);
	if (bytes && line === undefined) {
		throw new Problem(
			'pair-unreadable',
			`${file} is not an unencrypted ed25519 key in OpenSSH's format.`,
			'Generate a new pair, or restore the file.',
		);
	}

	return line === undefined ? undefined : readPublicKey(line);
}

/** Whether there is a private part, in whatever state. Rejects with Problem `no-account` or `bad-user-name`. */
export async function hasPair(layout: Layout, user: string): Promise<boolean> {
	const file = await pairFile(layout, user);
	return (await ifPresent(async () => stat(file))) !== undefined;
}

/**
 * Makes an ed25519 pair for a user, private part with mode 0600. Resolves with the public part. Rejects with Problem
 * `no-account`, `bad-user-name` or `pair-exists`.
 */
export async function generatePair(layout: Layout, user: string, {by, host, replace = false}: PairOptions): Promise<PublicKey> {
	const file = await pairFile(layout, user);
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	await using _lock = await lockFile(layout, file);
	const isThere = await hasPair(layout, user);
	if (isThere && !replace) {
		throw new Problem(
			'pair-exists',
			`${user} already has a key pair.`,
			'Replacing it cannot be undone: every host that has the old public key needs the new one.',
		);
	}

	const bytes = await newPrivateKey(commentOf(user, host));
	const line = publicLineOf(bytes, commentOf(user, host))!;
	const key = readPublicKey(line);
	await audit(layout, {event: 'key-pair-made', ...by, account: user, key: key.sha256, replaced: isThere});
	await replaceFile(file, bytes, 0o600);
	bytes.fill(0);
	await replaceFile(`${file}.pub`, line, 0o644);
	return key;
}

/** The file of the private part. The name of the user becomes the name of a folder, so it must be one. */
async function pairFile(layout: Layout, user: string): Promise<string> {
	if (!(await readAccounts(layout.accounts))[user]) {
		throw new Problem('no-account', `There is no account ${user}.`);
	}

	if (!/^[a-z_][\w-]{0,31}$/i.test(user)) {
		throw new Problem(
			'bad-user-name',
			`${JSON.stringify(user)} cannot have a folder of its own.`,
			'Key pairs are for users whose names are letters, digits, _ and -.',
		);
	}

	return userPairFile(layout, user);
}

/** Where the private part of a user's pair is, if there is one. */
export function userPairFile({homes}: Layout, user: string): string {
	return path.join(homes, user, '.ssh', 'id_ed25519');
}

function commentOf(user: string, host: string): string {
	return `${user}@${host}`;
}
