// Accounts of two kinds, in two files: TanOS users (console, SSH, SFTP) and Tanium Console users (the web console and its API).
// Their passwords are stored as scrypt hashes only.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {messageOf, Problem} from '../../problem.js';
import {replaceFile} from '../atomic-file.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';
import {formatStored, parseStoredMap} from '../stored-json.js';
import {hashPassword, passwordComplaints, passwordHashSchema, passwordMatches, type PasswordHash} from './passwords.js';

export type AccountRole = 'tanadmin' | 'tanuser' | 'tancopy' | 'console-admin';

export type Account = {
	role: AccountRole;
	password: PasswordHash;
	/** Lines in OpenSSH's authorized_keys format. */
	authorizedKeys: string[];
};

export type Accounts = Record<string, Account>;

/** The file that holds an account kind: `layout.accounts` or `layout.consoleAccounts`. */
export type AccountsFile = Layout['accounts'];

const account: v.GenericSchema<unknown, Account> = v.object({
	role: v.picklist(['tanadmin', 'tanuser', 'tancopy', 'console-admin']),
	password: passwordHashSchema,
	authorizedKeys: v.array(v.string()),
});

/** All accounts of a file. Rejects with Problem `accounts-unreadable`. */
export async function readAccounts(file: AccountsFile): Promise<Accounts> {
	try {
		return parseStoredMap(await readFile(file, 'utf8'), account);
	} catch (error) {
		throw new Problem(
			'accounts-unreadable',
			`The accounts in ${file} cannot be read. ${messageOf(error)}`,
			'Check the file, or restore it from a backup of the appliance.',
			{cause: error},
		);
	}
}

/** Replaces a file of accounts, mode 0600. */
export async function writeAccounts(file: AccountsFile, accounts: Accounts): Promise<void> {
	await replaceFile(file, formatStored(accounts), 0o600);
}

/** The account that this name and password open, or undefined. Takes equally long whether or not the name exists. */
export async function accountFor(file: AccountsFile, user: string, password: string): Promise<Account | undefined> {
	const account = (await readAccounts(file))[user];
	return (await passwordMatches(password, account?.password)) ? account : undefined;
}

/** Throws Problem `weak-password`, naming every missing rule. */
export function assertStrong(password: string, user: string): void {
	const complaints = passwordComplaints(password, user);
	if (complaints.length > 0) {
		throw new Problem('weak-password', `The new password lacks: ${complaints.join(', ')}.`, 'Choose another one.');
	}
}

/** Sets a new password of a TanOS user. Rejects with Problem `weak-password` or `no-account`. */
export async function changePassword(layout: Layout, user: string, password: string): Promise<void> {
	assertStrong(password, user);
	const hash = await hashPassword(password);
	await changeAccount(layout, user, account => ({...account, password: hash}));
}

/** Replaces the account of a TanOS user with the result of `change`, under the lock of the file. Rejects with Problem `no-account`. */
export async function changeAccount(layout: Layout, user: string, change: (account: Account) => Account | Promise<Account>): Promise<void> {
	await using _lock = await lockFile(layout, layout.accounts);
	const accounts = await readAccounts(layout.accounts);
	const account = accounts[user];
	if (!account) {
		throw new Problem('no-account', `There is no account ${user}.`);
	}

	await writeAccounts(layout.accounts, {...accounts, [user]: await change(account)});
}
