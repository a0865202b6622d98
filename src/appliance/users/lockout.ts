// Passwords are tried here and nowhere else. Three failures within 15 minutes lock an account's password for as long as the
// settings say. Failures at the appliance's own terminal lock it everywhere; those over the network lock it for the network,
// so no stranger can keep an administrator out of his own appliance. Where locks last until an administrator ends them, that
// of the last administrator who could ends by itself. Keys are not guessed: they neither count, nor clear a count, nor are locked.
import {mkdir} from 'node:fs/promises';
import {type Account, accountFor, type AccountRole, type Accounts, readAccounts} from './accounts.js';
import {audit} from '../audit.js';
import type {By} from './authorized-keys.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';
import {readSecuritySettings, defaultLockoutSeconds} from './security-settings.js';
import {type LoginOrigin, origins, readFailedLogins, type FailedLogins, writeFailedLogins} from './failed-logins.js';

/** Failures that lock an account. */
export const maxFailures = 3;

export type Attempt = {
	user: string;
	password: string;
	/** The roles that this door is for; an account of another role is refused as if it did not exist. */
	roles: readonly AccountRole[];
	/** `console` for the appliance's own terminal, else the address that the attempt comes from. */
	from: string;
	now: Date;
};

/** Nobody but the audit log may learn which of the two it was. */
export type Refusal = 'wrong' | 'locked';

/**
 * The account that a name and a password open, or why none is. A try is counted before it is checked, and forgotten with all
 * others when it was right. A wrong name, a wrong password and a locked account take the same work. Rejects with
 * Problem `accounts-unreadable`, `lockouts-unreadable`, `settings-unreadable` or `audit-unwritable`.
 */
export async function tryPassword(layout: Layout, attempt: Attempt): Promise<Account | Refusal> {
	const {user, password, roles, from} = attempt;
	const {wasLocked, locks} = await countTry(layout, attempt);
	const account = await accountFor(layout.accounts, user, password);
	if (!wasLocked && account && roles.includes(account.role)) {
		await changeTallies(layout, attempt.now, failedLogins => failedLogins.delete(user));
		return account;
	}

	// Meanwhile the right password may have come in by another way, and ended the lock.
	if (locks && isLocked(await readFailedLogins(layout, attempt.now), attempt)) {
		await audit(layout, {event: 'account-locked', user, from, until: locks.until});
	}

	return wasLocked ? 'locked' : 'wrong';
}

/** What is locked of an account, and until when; `until` is absent when only an administrator can unlock it. */
export type Lock = {origin: LoginOrigin; until?: Date};

/** The locks of an account; none when its password is heard everywhere. Rejects with Problem `lockouts-unreadable`. */
export async function locksOf(layout: Layout, user: string, now: Date): Promise<Lock[]> {
	const failedLogins = (await readFailedLogins(layout, now)).get(user);
	return origins.flatMap(origin => {
		const until = failedLogins?.[origin]?.lockedUntil;
		return until === undefined ? [] : [{origin, ...until !== null && {until: new Date(until)}}];
	});
}

/** Unlocks an account and forgets its failures. Resolves with whether it was locked. */
export async function unlockAccount(layout: Layout, user: string, {by, now}: {by: By; now: Date}): Promise<boolean> {
	const wasLocked = (await locksOf(layout, user, now)).length > 0;
	await audit(layout, {event: 'account-unlocked', ...by, account: user, wasLocked});
	await changeTallies(layout, now, failedLogins => failedLogins.delete(user));
	return wasLocked;
}

type Counted = {wasLocked: boolean; /** Present when this try locks the account unless it is right. */ locks?: {until: string}};

/** Counts a try of an account that exists. For any other the file is written all the same, so that it takes as long. */
async function countTry(layout: Layout, attempt: Attempt): Promise<Counted> {
	const accounts = await readAccounts(layout.accounts);
	const {lockoutSeconds} = await readSecuritySettings(layout);
	const role = accounts[attempt.user]?.role;
	return changeTallies(layout, attempt.now, failedLogins => {
		const wasLocked = isLocked(failedLogins, attempt);
		return wasLocked || !role || !attempt.roles.includes(role) ? {wasLocked} : countFailure(failedLogins, attempt, {accounts, lockoutSeconds});
	});
}

function countFailure(failedLogins: FailedLogins, {user, from, now}: Attempt, {accounts, lockoutSeconds}: {accounts: Accounts; lockoutSeconds: number}): Counted {
	const own = failedLogins.get(user) ?? {};
	const origin = acceptConnection(from);
	const failures = [...own[origin]?.failures ?? [], now.getTime()];
	if (failures.length < maxFailures) {
		failedLogins.set(user, {...own, [origin]: {failures}});
		return {wasLocked: false};
	}

	const others = Object.keys(accounts).filter(name => name !== user && accounts[name]?.role === 'tanadmin');
	const canBeUnlocked = others.some(name => !isLocked(failedLogins, {user: name, from}));
	const seconds = lockoutSeconds === 0 && !canBeUnlocked ? defaultLockoutSeconds : lockoutSeconds;
	const lockedUntil = seconds === 0 ? null : now.getTime() + seconds * 1000;
	failedLogins.set(user, {...own, [origin]: {failures, lockedUntil}});
	return {wasLocked: false, locks: {until: lockedUntil === null ? 'unlocked' : new Date(lockedUntil).toISOString()}};
}

/** A lock at the terminal holds over the network too, but not the other way round. */
function isLocked(failedLogins: FailedLogins, {user, from}: Pick<Attempt, 'user' | 'from'>): boolean {
	const own = failedLogins.get(user);
	return own?.terminal?.lockedUntil !== undefined || own?.[acceptConnection(from)]?.lockedUntil !== undefined;
}

function acceptConnection(from: string): LoginOrigin {
	return from === 'console' ? 'terminal' : 'network';
}

async function changeTallies<Result>(layout: Layout, now: Date, change: (failedLogins: FailedLogins) => Result): Promise<Result> {
	await mkdir(layout.state, {recursive: true, mode: 0o700});
	await using _lock = await lockFile(layout.lockouts);
	const failedLogins = await readFailedLogins(layout, now);
	const result = change(failedLogins);
	await writeFailedLogins(layout, failedLogins);
	return result;
}
