// Recent wrong passwords, and the accounts that they locked: `var/lib/tanos/lockouts.json`. It is written before a password is
// compared, so neither a restart nor many attempts at once allow more of them. While the disk is full they are counted in the memory
// of each process, so that an administrator can still sign in.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {ifPresent} from '../../if-present.js';
import {hasCode, messageOf, Problem} from '../../problem.js';
import {replaceFile} from '../atomic-file.js';
import type {Layout} from '../layout.js';
import {formatStored, parseStoredMap} from '../stored-json.js';
import {defaultLockoutSeconds, readSecuritySettings} from './security-settings.js';

/** Where a password was entered: at the appliance's own terminal, or over the network. */
export const origins = ['terminal', 'network'] as const;
export type LoginOrigin = (typeof origins)[number];

/** Times are in milliseconds since 1970. */
type FailedLoginCount = {
	failures: number[];
	/** Until when the account is locked; null until an administrator unlocks it. */
	lockedUntil?: number | null;
};

/** The failures of each account that has any, by their origin. */
export type FailedLogins = Map<string, Partial<Record<LoginOrigin, FailedLoginCount>>>;

/** Failures count for 15 minutes; TanOS has no setting for that. */
const windowMs = 15 * 60_000;

const count: v.GenericSchema<unknown, FailedLoginCount> = v.object({
	failures: v.array(v.number()),
	lockedUntil: v.exactOptional(v.nullable(v.number())),
});

const counts = v.object({terminal: v.exactOptional(count), network: v.exactOptional(count)});

/**
 * The failures that count now. Rejects with Problem `lockouts-unreadable` or `settings-unreadable`.
 *
 * A time from the future was written while the clock was wrong. A failure from then counts as one of now, and a lock ends after the
 * length in the settings at the latest: whoever writes the result gives it that end.
 */
export async function readFailedLogins(layout: Layout, now: Date): Promise<FailedLogins> {
	const maxLockMs = ((await readSecuritySettings(layout)).lockoutSeconds || defaultLockoutSeconds) * 1000;
	const found = await readCounts(layout.lockouts);
	return new Map(
		Object.entries(found).flatMap(([user, byOrigin]) => {
			const current = origins.flatMap(origin => currentCount(byOrigin[origin], now.getTime(), maxLockMs).map(value => [origin, value]));
			return current.length === 0 ? [] : [[user, Object.fromEntries(current)]];
		}),
	);
}

async function readCounts(file: string): Promise<Record<string, v.InferOutput<typeof counts>>> {
	try {
		return parseStoredMap(currentText(file, await ifPresent(async () => readFile(file, 'utf8'))), counts);
	} catch (error) {
		throw new Problem(
			'lockouts-unreadable',
			`The record of failed sign-ins in ${file} cannot be read. ${messageOf(error)}`,
			'Fix the file, or remove it, which unlocks every account.',
			{cause: error},
		);
	}
}

/** What could not be written, with the text of the file at that time. */
const unwritten = new Map<string, {text: string; onDisk: string | undefined}>();

/** The text that counts. What another process has written since then replaces what could not be written here. */
function currentText(file: string, onDisk: string | undefined): string {
	const kept = unwritten.get(file);
	return (kept && kept.onDisk === onDisk ? kept.text : onDisk) ?? '{}';
}

/** Replaces the file, mode 0600. On a full or read-only disk the counts are kept in memory, and written by the next call that can. */
export async function writeFailedLogins({lockouts}: Layout, counts: FailedLogins): Promise<void> {
	const text = formatStored(Object.fromEntries(counts));
	try {
		await replaceFile(lockouts, text, 0o600);
		unwritten.delete(lockouts);
	} catch (error) {
		if (!hasCode(error, 'ENOSPC', 'EDQUOT', 'EROFS')) {
			throw error;
		}

		unwritten.set(lockouts, {text, onDisk: await ifPresent(async () => readFile(lockouts, 'utf8'))});
	}
}

/** None when its lock has expired and no failure counts any more. */
function currentCount(count: FailedLoginCount | undefined, now: number, maxLockMs: number): FailedLoginCount[] {
	if (!count || (typeof count.lockedUntil === 'number' && count.lockedUntil <= now)) {
		return [];
	}

	const failures = count.failures.map(moment => Math.min(moment, now)).filter(moment => now - moment < windowMs);
	if (count.lockedUntil === undefined) {
		return failures.length === 0 ? [] : [{failures}];
	}

	return [{failures, lockedUntil: count.lockedUntil === null ? null : Math.min(count.lockedUntil, now + maxLockMs)}];
}
