// C-U: the users of TanOS, what opens their accounts, and whether their passwords are locked.
import {changePassword, readAccounts} from '../../appliance/accounts.js';
import {audit} from '../../appliance/audit.js';
import {authorizedKeysOf} from '../../appliance/authorized-keys.js';
import {locksOf, unlockAccount, type Lock} from '../../appliance/lockout.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {newPassword} from './change-password.js';
import {manageKeyPair} from './user-key-pair.js';
import {manageKeys} from './user-keys.js';

export async function manageUsers(talk: Conversation, visit: Visit): Promise<void> {
	for (;;) {
		const users = Object.entries(await readAccounts(visit.layout.accounts));
		const labels = await Promise.all(users.map(async ([name, {role}]) => {
			const locks = await locksOf(visit.layout, name, visit.now());
			return `${name.padEnd(16)}${role.padEnd(12)}${locks.length === 0 ? '' : 'locked'}`.trimEnd();
		}));
		const user = await talk.choose('Line number of the user, or R:', users.map(([name], index) => ({
			key: String(index + 1), label: labels[index]!, value: name,
		})));
		if (user === undefined) {
			return;
		}

		await manageUser(talk, visit, user);
	}
}

/** What can be done with one user, again and again until R. */
async function manageUser(talk: Conversation, visit: Visit, account: string): Promise<void> {
	for (;;) {
		await sayUser(talk, visit, account);
		const work = await talk.choose(`What to do with ${account}, or R:`, [
			{key: 'K', label: 'Authorized Keys', value: manageKeys},
			{key: 'P', label: 'SSH Key Pair', value: manageKeyPair},
			{key: 'W', label: 'Set Password', value: setPassword},
			{key: 'U', label: 'Unlock', value: unlock},
		]);
		if (!work) {
			return;
		}

		await work(talk, visit, account);
	}
}

async function sayUser(talk: Conversation, {layout, now}: Visit, account: string): Promise<void> {
	const [accounts, keys, locks] = await Promise.all([readAccounts(layout.accounts), authorizedKeysOf(layout, account), locksOf(layout, account, now())]);
	talk.table([
		['User', account],
		['Role', accounts[account]?.role ?? ''],
		['Password', locks.length === 0 ? 'not locked' : locks.map(lock => lockInWords(lock)).join('\n')],
		['Keys', String(keys.length)],
	]);
}

function lockInWords({door, until}: Lock): string {
	const where = door === 'network' ? 'locked over the network' : 'locked';
	return until ? `${where} until ${until.toISOString().slice(0, 19).replace('T', ' ')} UTC` : `${where} until somebody unlocks it`;
}

async function setPassword(talk: Conversation, {layout, user}: Visit, account: string): Promise<void> {
	const password = await newPassword(talk, account);
	await changePassword(layout.accounts, account, password);
	await audit(layout, {event: 'password-changed', user: user.name, account});
	talk.say(`The password of ${account} was changed.`, 'good');
}

async function unlock(talk: Conversation, {layout, user, from, now}: Visit, account: string): Promise<void> {
	const wasLocked = await unlockAccount(layout, account, {by: {user: user.name, from}, now: now()});
	talk.say(wasLocked ? `${account} was unlocked.` : `${account} was not locked.`, 'good');
}
