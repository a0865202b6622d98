// The policy for passwords of TanOS users, which are compared here and nowhere else. Three failures within 15 minutes lock an
// account's password for the time in the settings. Failures at the appliance's own terminal lock it everywhere; failures over the
// network lock it for the network only, so that nobody on the network can lock an administrator out of the local console. Where
// locks last until an administrator unlocks them, the lock of the last administrator who could do so expires by itself. Public keys
// cannot be guessed: they are not counted, do not reset a count and are never locked.
import {mkdir} from 'node:fs/promises';
import {type Account, accountFor, type AccountRole, type Accounts, readAccounts} from './accounts.js';
import {audit, auditOrKeep} from '../audit.js';
import type {By} from '../by.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';
import {readSecuritySettings, defaultLockoutSeconds} from './security-settings.js';
import {type LoginOrigin, origins, readFailedLogins, type FailedLogins, writeFailedLogins} from './failed-logins.js';

/** Failures that lock an account. */
export const maxFailures = 3;

export type Attempt = {
	user: string;
	password: string;
	/** The roles that may sign in here; an account with another role is refused as if it did not exist. */
	roles: readonly AccountRole[];
	/** `console` or `local` for the appliance itself, else the address that the attempt comes from. */
	from: string;
	now: Date;
};

/** The delay after a wrong password at a console in milliseconds, which slows guessing. */
export const refusalDelayMs = 1000;

/** Which of the two it was is for the audit log only. */
export type Refusal = 'wrong' | 'locked';

/**
 * The account of a user name and password, or why it is refused. An attempt is counted before the password is compared; the right
 * password resets the count. A wrong name, a wrong password and a locked account take the same time. Rejects with
 * Problem `accounts-unreadable`, `lockouts-unreadable` or `settings-unreadable`.
 */
export async function tryPassword(layout: Layout, attempt: Attempt): Promise<Account | Refusal> {
	const {user, password, roles, from} = attempt;
	const {wasLocked, locks} = await countAttempt(layout, attempt);
	const account = await accountFor(layout.accounts, user, password);
	if (!wasLocked && account && roles.includes(account.role)) {
		await changeFailedLogins(layout, attempt.now, failedLogins => failedLogins.delete(user));
		return account;
	}

	// Another process may have accepted the right password meanwhile, which ends the lock.
	if (locks && isLocked(await readFailedLogins(layout, attempt.now), attempt)) {
		await auditOrKeep(layout, {event: 'account-locked', user, from, until: locks.until});
	}

	return wasLocked ? 'locked' : 'wrong';
}

/** A lock of an account. `until` is absent when only an administrator can unlock it. */
export type Lock = {origin: LoginOrigin; until?: Date};

/** The locks of an account; none when its password is accepted everywhere. Rejects as readFailedLogins() does. */
export async function locksOf(layout: Layout, user: string, now: Date): Promise<Lock[]> {
	const failedLogins = (await readFailedLogins(layout, now)).get(user);
	return origins.flatMap(origin => {
		const until = failedLogins?.[origin]?.lockedUntil;
		return until === undefined ? [] : [{origin, ...(until !== null && {until: new Date(until)})}];
	});
}

/** Unlocks an account and resets its failures. Resolves with whether it was locked. */
export async function unlockAccount(layout: Layout, user: string, {by, now}: {by: By; now: Date}): Promise<boolean> {
	const wasLocked = (await locksOf(layout, user, now)).length > 0;
	await audit(layout, {event: 'account-unlocked', ...by, account: user, wasLocked});
	await changeFailedLogins(layout, now, failedLogins => failedLogins.delete(user));
	return wasLocked;
}

type Counted = {
	wasLocked: boolean;
	/** Present when this attempt locks the account unless the password is right. */ locks?: {until: string};
};

/** Counts an attempt for an existing account. For any other name the file is written too, so that it takes as long. */
async function countAttempt(layout: Layout, attempt: Attempt): Promise<Counted> {
	const accounts = await readAccounts(layout.accounts);
	const {lockoutSeconds} = await readSecuritySettings(layout);
	const role = accounts[attempt.user]?.role;
	return changeFailedLogins(layout, attempt.now, failedLogins => {
		const wasLocked = isLocked(failedLogins, attempt);
		return wasLocked || !role || !attempt.roles.includes(role)
			? {wasLocked}
			: countFailure(failedLogins, attempt, {accounts, lockoutSeconds});
	});
}

function countFailure(
	failedLogins: FailedLogins,
	{user, from, now}: Attempt,
	{accounts, lockoutSeconds}: {accounts: Accounts; lockoutSeconds: number},
): Counted {
	const own = failedLogins.get(user) ?? {};
	const origin = originOf(from);
	const failures = [...(own[origin]?.failures ?? []), now.getTime()];
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

/** A lock at the terminal also applies over the network, but not the reverse. */
function isLocked(failedLogins: FailedLogins, {user, from}: Pick<Attempt, 'user' | 'from'>): boolean {
	const own = failedLogins.get(user);
	return own?.terminal?.lockedUntil !== undefined || own?.[originOf(from)]?.lockedUntil !== undefined;
}

function originOf(from: string): LoginOrigin {
	return from === 'console' || from === 'local' ? 'terminal' : 'network';
}

async function changeFailedLogins<Result>(layout: Layout, now: Date, change: (failedLogins: FailedLogins) => Result): Promise<Result> {
	await mkdir(layout.state, {recursive: true, mode: 0o700});
	await using _lock = await lockFile(layout, layout.lockouts);
	const failedLogins = await readFailedLogins(layout, now);
	const result = change(failedLogins);
	await writeFailedLogins(layout, failedLogins);
	return result;
}
