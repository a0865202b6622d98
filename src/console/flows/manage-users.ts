// C-U: the users of TanOS, their keys and passwords, and whether they are locked.
import {formatMoment} from '../../appliance/stamp.js';
import {changePassword, readAccounts} from '../../appliance/users/accounts.js';
import {auditChange} from '../../appliance/audit.js';
import {authorizedKeysOf} from '../../appliance/users/authorized-keys.js';
import {locksOf, unlockAccount, type Lock} from '../../appliance/users/lockout.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {newPassword} from './change-password.js';
import {showHostUsers} from './show-host-users.js';
import {manageKeyPair} from './user-key-pair.js';
import {manageKeys} from './user-keys.js';

export async function manageUsers(conversation: Conversation, session: ConsoleSession): Promise<void> {
	if (session.users) {
		return showHostUsers(conversation, await session.users());
	}

	for (;;) {
		const users = Object.entries(await readAccounts(session.layout.accounts));
		const labels = await Promise.all(
			users.map(async ([name, {role}]) => {
				const locks = await locksOf(session.layout, name, session.now());
				return `${name.padEnd(16)}${role.padEnd(12)}${locks.length === 0 ? '' : 'locked'}`.trimEnd();
			}),
		);
		const user = await conversation.choose(
			'Line number of the user, or R:',
			users.map(([name], index) => ({
				key: String(index + 1),
				label: labels[index]!,
				value: name,
			})),
		);
		if (user === undefined) {
			return;
		}

		await manageUser(conversation, session, user);
	}
}

/** The actions on one user, until R. */
async function manageUser(conversation: Conversation, session: ConsoleSession, account: string): Promise<void> {
	for (;;) {
		await printUser(conversation, session, account);
		const work = await conversation.choose(`Action for ${account}, or R:`, [
			{key: 'K', label: 'Authorized Keys', value: manageKeys},
			{key: 'P', label: 'SSH Key Pair', value: manageKeyPair},
			{key: 'W', label: 'Set Password', value: setPassword},
			{key: 'U', label: 'Unlock', value: unlock},
		]);
		if (!work) {
			return;
		}

		await work(conversation, session, account);
	}
}

async function printUser(conversation: Conversation, {layout, now}: ConsoleSession, account: string): Promise<void> {
	const [accounts, keys, locks] = await Promise.all([
		readAccounts(layout.accounts),
		authorizedKeysOf(layout, account),
		locksOf(layout, account, now()),
	]);
	conversation.table([
		['User', account],
		['Role', accounts[account]?.role ?? ''],
		['Password', locks.length === 0 ? 'not locked' : locks.map(lock => describeLock(lock)).join('\n')],
		['Keys', String(keys.length)],
	]);
}

function describeLock({origin, until}: Lock): string {
	const where = origin === 'network' ? 'locked over the network' : 'locked';
	return until ? `${where} until ${formatMoment(until.toISOString())}` : `${where} until an administrator unlocks it`;
}

async function setPassword(conversation: Conversation, {layout, user}: ConsoleSession, account: string): Promise<void> {
	const password = await newPassword(conversation, account);
	const event = {event: 'password-changed', user: user.name, account};
	await auditChange(layout, event, async () => changePassword(layout, account, password));
	conversation.print(`The password of ${account} was changed.`, 'good');
}

async function unlock(conversation: Conversation, {layout, user, from, now}: ConsoleSession, account: string): Promise<void> {
	const wasLocked = await unlockAccount(layout, account, {by: {user: user.name, from}, now: now()});
	conversation.print(wasLocked ? `${account} was unlocked.` : `${account} was not locked.`, 'good');
}
