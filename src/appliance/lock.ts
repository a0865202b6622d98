// The locks of an appliance, and the one that all sandboxes of a user share. Each is a file (file-lock.ts) in a folder that nobody
// else can enter, so that no other user of the machine can hold one, occupy its name or see who holds it.
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import {Problem} from '../problem.js';
import {sanitise} from '../sanitise.js';
import {isLocked, tryLock, waitForLock} from './file-lock.js';
import type {Layout} from './layout.js';
import type {By} from './by.js';
import {ensurePrivateFolder} from './private-folder.js';
import {formatMoment} from './stamp.js';
import {userFolder} from './user-folder.js';

/** For what is read and written again: it takes milliseconds. */
const defaultTimeoutMs = 10_000;

/** The services of a sandbox are started under the lock of the ports. */
const portsTimeoutMs = 120_000;

/**
 * Takes the lock under which this appliance's certificate may be changed, for this user, or rejects with Problem `locked`, which names
 * the user who has it and since when.
 */
export async function lockInstallation(layout: Layout, by?: By): Promise<AsyncDisposable> {
	const lock = await lockIfFree(layout, 'installation');
	if (!lock) {
		throw new Problem(
			'locked',
			`Another session is changing this appliance's certificate right now${describeHolder(layout)}.`,
			'Wait until it has ended, then look at the installed certificate before you try again.',
		);
	}

	noteHolder(layout, by);
	return {
		async [Symbol.asyncDispose]() {
			noteHolder(layout, undefined);
			await lock[Symbol.asyncDispose]();
		},
	};
}

/** For the words of a refusal only; the lock does not depend on this file. */
const holderIn = ({locks}: Layout) => path.join(locks, 'installation-holder.json');

function noteHolder(layout: Layout, by: By | undefined): void {
	try {
		if (by) {
			writeFileSync(holderIn(layout), JSON.stringify({user: by.user, from: by.from, since: new Date().toISOString()}), {mode: 0o600});
		} else {
			rmSync(holderIn(layout), {force: true});
		}
	} catch {
		// Such as on a full disk: then a refusal names nobody.
	}
}

function describeHolder(layout: Layout): string {
	try {
		const {user, from, since} = v.parse(holderSchema, JSON.parse(readFileSync(holderIn(layout), 'utf8')));
		return `: ${sanitise(user)}${from === 'console' ? '' : ` from ${sanitise(from)}`}, since ${formatMoment(since)}`;
	} catch {
		return '';
	}
}

const holderSchema = v.object({user: v.string(), from: v.string(), since: v.pipe(v.string(), v.isoTimestamp())});

/** Takes the lock of one file of the appliance, under which it may be read and written again; waits as lockWhenFree() does. */
export async function lockFile(layout: Layout, file: string, timeoutMs?: number): Promise<AsyncDisposable> {
	return lockWhenFree(layout, path.relative(layout.root, file).replaceAll('/', '-'), timeoutMs);
}

/**
 * Takes the lock of this name, and waits for whoever has it. Rejects with Problem `lock-timeout` after this many milliseconds, and as
 * tryLock() does.
 */
export async function lockWhenFree(layout: Layout, name: string, timeoutMs = defaultTimeoutMs): Promise<AsyncDisposable> {
	return waitForLock(lockIn(layout, name), timeoutMs);
}

/** Takes the lock of this name; resolves with undefined when somebody has it. Rejects as tryLock() does. */
export async function lockIfFree(layout: Layout, name: string): Promise<AsyncDisposable | undefined> {
	return tryLock(lockIn(layout, name));
}

/** Whether somebody has the lock of this name. */
export async function isHeld(layout: Layout, name: string): Promise<boolean> {
	return isLocked(lockIn(layout, name));
}

/** The file of a lock. Its folder is made if it is missing, as in an appliance of an earlier release. */
function lockIn({locks}: Layout, name: string): string {
	ensurePrivateFolder(locks);
	return path.join(locks, `${name}.lock`);
}

/**
 * Takes the lock under which ports are chosen and first listened on, for all sandboxes of this user on this machine; waits for
 * whoever has it. A user without a home has no such lock: two sandboxes that are made at once might choose the same ports, and
 * then the services of one of them do not start.
 */
export async function lockPorts(): Promise<AsyncDisposable | undefined> {
	const folder = userFolder();
	return folder === undefined ? undefined : waitForLock(path.join(folder, 'ports.lock'), portsTimeoutMs);
}
