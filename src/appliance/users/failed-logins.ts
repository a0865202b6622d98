// How often a password was wrong lately, and which accounts that has locked: `var/lib/tanos/lockouts.json`. It is written
// before a password is checked, so neither a restart nor many tries at once give a guesser more than his share.
import {readFile} from 'node:fs/promises';
import {hasCode, Problem} from '../../problem.js';
import {replaceFile} from '../atomic-file.js';
import type {Layout} from '../layout.js';

/** Where passwords are typed: at the appliance's own terminal, or on a machine elsewhere. */
export const origins = ['terminal', 'network'] as const;
export type LoginOrigin = (typeof origins)[number];

/** Moments are in milliseconds since 1970. */
type FailedLoginCount = {
	failures: number[];
	/** Until when the account is locked; null until an administrator unlocks it. */
	lockedUntil?: number | null;
};

/** The tallies of each account that has any. */
export type FailedLogins = Map<string, Partial<Record<LoginOrigin, FailedLoginCount>>>;

/** Failures are forgotten after 15 minutes, which TanOS does not let anybody change. */
const window = 15 * 60_000;

/** What counts at this moment; what is over is left out. Rejects with Problem `lockouts-unreadable`. */
export async function readFailedLogins({lockouts}: Layout, now: Date): Promise<FailedLogins> {
	let found;
	try {
		found = JSON.parse(await readFile(lockouts, 'utf8')) as Record<string, Partial<Record<LoginOrigin, FailedLoginCount>>>;
		assertFailedLogins(found);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return new Map();
		}

		throw new Problem('lockouts-unreadable', `The record of failed sign-ins in ${lockouts} cannot be read.`, 'Mend the file, or remove it: every account is unlocked then.', {cause: error});
	}

	return new Map(Object.entries(found).flatMap(([user, tallies]) => {
		const current = origins.flatMap(origin => currentTally(tallies[origin], now.getTime()).map(count => [origin, count]));
		return current.length === 0 ? [] : [[user, Object.fromEntries(current)]];
	}));
}

/** Replaces the file, mode 0600. */
export async function writeFailedLogins({lockouts}: Layout, tallies: FailedLogins): Promise<void> {
	await replaceFile(lockouts, `${JSON.stringify(Object.fromEntries(tallies), undefined, '\t')}\n`, 0o600);
}

/** None when everything in it is over: whoever was locked starts anew. */
function currentTally(count: FailedLoginCount | undefined, now: number): FailedLoginCount[] {
	if (!count || (typeof count.lockedUntil === 'number' && count.lockedUntil <= now)) {
		return [];
	}

	const failures = count.failures.filter(moment => now - moment < window);
	return count.lockedUntil === undefined ? (failures.length === 0 ? [] : [{failures}]) : [{...count, failures}];
}

/** Throws a TypeError for what is never written. */
function assertFailedLogins(found: unknown): void {
	const isObject = (value: unknown) => typeof value === 'object' && value !== null;
	const isTally = ({failures, lockedUntil}: FailedLoginCount) => Array.isArray(failures) && failures.every(moment => Number.isFinite(moment))
		&& (lockedUntil === undefined || lockedUntil === null || Number.isFinite(lockedUntil));
	const users = isObject(found) ? Object.values(found) as unknown[] : [undefined];
	const all = users.flatMap(tallies => isObject(tallies) ? Object.values(tallies as object) as unknown[] : [undefined]);
	if (!all.every(count => isObject(count) && isTally(count as FailedLoginCount))) {
		throw new TypeError('no record of failed sign-ins');
	}
}
