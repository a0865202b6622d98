// An appliance whose accounts all have one password, and attempts to sign in to it at a given second.
import {scryptSync} from 'node:crypto';
import {mkdir} from 'node:fs/promises';
import type {ExecutionContext} from 'ava';
import {type Accounts, writeAccounts} from '../../../src/appliance/users/accounts.js';
import type {Layout} from '../../../src/appliance/layout.js';
import {tryPassword} from '../../../src/appliance/users/lockout.js';
import type {PasswordHash} from '../../../src/appliance/users/passwords.js';
import {emptyLayout} from '../folder.js';

export const right = 'Correct-Horse-1';
export const begin = Date.parse('2030-01-01T00:00:00Z');
export const at = (seconds: number) => new Date(begin + seconds * 1000);
export const by = {user: 'tanadmin', from: 'console'};

/** Cheap to check, for these tests check many. */
const hash: PasswordHash = {
	scheme: 'scrypt',
	cost: 2,
	blockSize: 1,
	parallelization: 1,
	salt: '',
	hash: scryptSync(right, '', 32, {N: 2, r: 1, p: 1}).toString('base64'),
};

/** An appliance with two administrators, a user and somebody who copies, all with the same password. */
export async function appliance(
	t: ExecutionContext,
	names: Record<string, 'tanadmin' | 'tanuser' | 'tancopy'> = {
		tanadmin: 'tanadmin',
		second: 'tanadmin',
		tanuser: 'tanuser',
		tancopy: 'tancopy',
	},
): Promise<Layout> {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	const accounts: Accounts = {};
	for (const [name, role] of Object.entries(names)) {
		accounts[name] = {role, password: hash, authorizedKeys: []};
	}

	await writeAccounts(layout.accounts, accounts);
	return layout;
}

/** Tries a password at this second; the answer is `in` or the reason for a refusal. */
export async function answer(
	layout: Layout,
	seconds: number,
	{user = 'tanadmin', password = 'wrong', from = '192.0.2.1'} = {},
): Promise<string> {
	const outcome = await tryPassword(layout, {user, password, from, roles: ['tanadmin', 'tanuser'], now: at(seconds)});
	return typeof outcome === 'string' ? outcome : 'in';
}

export async function answers(
	layout: Layout,
	moments: number[],
	options: {user?: string; password?: string; from?: string} = {},
): Promise<string[]> {
	const all = [];
	for (const moment of moments) {
		all.push(await answer(layout, moment, options));
	}

	return all;
}
