// The authorized keys of an account, as an administrator or the user changes them. Every change is in the audit log.
import type {By} from '../by.js';
import {Problem} from '../../problem.js';
import {type Account, changeAccount, readAccounts} from './accounts.js';
import {audit, type AuditEvent} from '../audit.js';
import type {Layout} from '../layout.js';
import {type PublicKey, readPublicKey} from '../../ssh-keys/public-key.js';

/** Who makes a change, and from where: `console` or an address. */
export type ListedKey = {
	/** Its place in the list, from 1. */
	number: number;
	line: string;
	/** Absent when the line is not a usable key; `fault` then says why. */
	key?: PublicKey;
	fault?: string;
};

const maxKeys = 100;

/** The keys of an account. Rejects with Problem `no-account` or `accounts-unreadable`. */
export async function authorizedKeysOf(layout: Layout, user: string): Promise<ListedKey[]> {
	const account = (await readAccounts(layout.accounts))[user];
	if (!account) {
		throw new Problem('no-account', `There is no account ${user}.`);
	}

	return listed(account.authorizedKeys);
}

/**
 * Adds the keys of a text, one a line; empty lines and comments are left out. Adds all of them or none. Resolves with
 * those that were added. Rejects with Problem `no-account`, `key-known`, `too-many-keys`, or what readPublicKey says of a line.
 */
export async function addAuthorizedKeys(layout: Layout, user: string, text: string, by: By): Promise<PublicKey[]> {
	const added = publicKeysIn(text);
	await changeAccount(layout, user, async account => {
		const before = new Set(fingerprintsIn(account));
		for (const {sha256} of added) {
			if (before.has(sha256)) {
				throw new Problem('key-known', `${user} already has the key ${sha256}.`, 'There is nothing to do.');
			}

			before.add(sha256);
		}

		return withKeys(layout, account, added, {event: 'key-added', ...by, account: user});
	});
	return added;
}

/** Deletes a key by its number in the list, its `SHA256:` fingerprint or its whole line. Rejects with Problem `no-account` or `no-key`. */
export async function deleteAuthorizedKey(layout: Layout, user: string, which: string, by: By): Promise<ListedKey> {
	let deleted: ListedKey | undefined;
	await changeAccount(layout, user, async account => {
		const keys = listed(account.authorizedKeys);
		deleted = keys.find(({number, key, line}) => [String(number), key?.sha256, line].includes(which));
		if (!deleted) {
			throw new Problem('no-key', `${user} has no such key.`, 'Give its number in the list, or its whole SHA256: fingerprint.');
		}

		await audit(layout, {event: 'key-deleted', ...by, account: user, ...described(deleted)});
		return {...account, authorizedKeys: keys.filter(key => key !== deleted).map(({line}) => line)};
	});
	return deleted!;
}

/** Adds the keys of one account to another. Resolves with those that were added. */
export async function copyAuthorizedKeys(layout: Layout, from: string, to: string, by: By): Promise<PublicKey[]> {
	const keys = (await authorizedKeysOf(layout, from)).flatMap(({key}) => (key ? [key] : []));
	let added: PublicKey[] = [];
	await changeAccount(layout, to, async account => {
		const before = new Set(fingerprintsIn(account));
		added = keys.filter(({sha256}) => !before.has(sha256));
		return withKeys(layout, account, added, {event: 'key-added', ...by, account: to, copiedFrom: from});
	});
	return added;
}

/** The keys of a text, at least one. Throws a Problem for the first line that is none. */
export function publicKeysIn(text: string): PublicKey[] {
	const keys = significant(text.split(/\r?\n|\r/)).map(line => readPublicKey(line));
	if (keys.length === 0) {
		throw new Problem(
			'not-public-key',
			'No public key was found.',
			'A public key begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa, and is in the file whose name ends with .pub.',
		);
	}

	return keys;
}

async function withKeys(layout: Layout, account: Account, added: readonly PublicKey[], event: AuditEvent): Promise<Account> {
	const authorizedKeys = [...significant(account.authorizedKeys), ...added.map(({line}) => line)];
	if (authorizedKeys.length > maxKeys) {
		throw new Problem('too-many-keys', `An account can have at most ${maxKeys} keys.`, 'Delete keys that are no longer used.');
	}

	for (const {sha256, kind, bits} of added) {
		await audit(layout, {...event, key: sha256, kind, bits});
	}

	return {...account, authorizedKeys};
}

function fingerprintsIn({authorizedKeys}: Account): string[] {
	return listed(authorizedKeys).flatMap(({key}) => (key ? [key.sha256] : []));
}

function listed(lines: readonly string[]): ListedKey[] {
	return significant(lines).map((line, index) => ({number: index + 1, line, ...read(line)}));
}

function read(line: string): Pick<ListedKey, 'key' | 'fault'> {
	try {
		return {key: readPublicKey(line)};
	} catch (error) {
		if (error instanceof Problem) {
			return {fault: error.message};
		}

		throw error;
	}
}

function described({key, fault}: ListedKey): {key?: string; fault?: string} {
	return key ? {key: key.sha256} : {fault: fault ?? ''};
}

/** Lines that are neither empty nor a comment. */
function significant(lines: readonly string[]): string[] {
	return lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
}
