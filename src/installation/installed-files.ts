// The installed pair in its server's folder: how it is replaced, tried and put back.
import type {Stats} from 'node:fs';
import {chown, open, readFile, rename, stat, unlink, utimes} from 'node:fs/promises';
import path from 'node:path';
import {createFile, syncFolder} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {sha256, type Change} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {backupIn, keyMode, loadPair, modes, partsOf, savedFolder, zeroize} from './pair-files.js';
import {installedFiles, pairIn, targetOf, type PairFiles, type Target} from './target.js';

/** Where a pair is written, next to the installed one, before it is swapped in. */
export function sideFiles(layout: Layout, target: Target): PairFiles {
	const {certificate, key} = installedFiles(layout, target);
	return {certificate: sideOf(certificate), key: sideOf(key)};
}

function sideOf(file: string): string {
	return `${file}.new`;
}

/** Writes a pair next to the installed one: the last moment at which a full disk or a permission can do harm. */
export async function placeBeside(layout: Layout, target: Target, pair: PairBytes): Promise<void> {
	await removeBeside(layout, target);
	const files = installedFiles(layout, target);
	for (const part of partsOf(files)) {
		await writeBeside(files[part], pair[part], modes[part]);
	}

	await syncFolders(files);
}

/** The owner is that of the installed file, and so is the mode, except that a key is never readable by all. */
async function writeBeside(file: string, bytes: Buffer, mode: number): Promise<void> {
	const present = await ifPresent(async () => stat(file));
	await createFile(sideOf(file), bytes, present ? present.mode & (mode === keyMode ? 0o640 : 0o777) : mode);
	if (present && !hasSameOwner(present)) {
		await chown(sideOf(file), present.uid, present.gid);
	}
}

function hasSameOwner({uid, gid}: Stats): boolean {
	return uid === process.geteuid?.() && gid === process.getegid?.();
}

/** Removes what `placeBeside` wrote, if anything. */
export async function removeBeside(layout: Layout, target: Target): Promise<void> {
	for (const file of Object.values(sideFiles(layout, target))) {
		await ifPresent(async () => unlink(file));
	}
}

/** Puts the pair from beside into place: two renames, synced. */
export async function swapIn(layout: Layout, target: Target): Promise<void> {
	const files = installedFiles(layout, target);
	for (const part of partsOf(files)) {
		await rename(sideOf(files[part]), files[part]);
	}

	await syncFolders(files);
}

/** Of a host, the two files may be in different folders. */
async function syncFolders({certificate, key}: PairFiles): Promise<void> {
	for (const folder of new Set([certificate, key].map(file => path.dirname(file)))) {
		await syncFolder(folder);
	}
}

/**
 * Replaces each installed file by an equal copy, so that whatever keeps it from being replaced (an immutable file, a mount point, the
 * mode of the folder) shows while the service runs. Rejects with Problem `not-replaceable`, with nothing changed.
 */
export async function tryReplacing(layout: Layout, change: Change): Promise<void> {
	const target = targetOf(change);
	const files = installedFiles(layout, target);
	for (const part of partsOf(files)) {
		const file = files[part];
		try {
			await replaceByCopy(file, change.old[part], modes[part]);
		} catch (error) {
			throw new Problem(
				'not-replaceable',
				`${file} cannot be replaced: ${messageOf(error)}`,
				`Look at it with lsattr, findmnt and ls -ld. The ${target.server} was not stopped.`,
				{cause: error},
			);
		}
	}

	await syncFolders(files);
}

async function replaceByCopy(file: string, expected: string, mode: number): Promise<void> {
	const bytes = await readFile(file);
	try {
		if (sha256(bytes) !== expected) {
			throw new Problem('pair-not-in-place', 'somebody else has just changed it.');
		}

		const {atime, mtime} = await stat(file);
		await ifPresent(async () => unlink(sideOf(file)));
		await writeBeside(file, bytes, mode);
		await utimes(sideOf(file), atime, mtime);
		await rename(sideOf(file), file);
	} finally {
		bytes.fill(0);
	}
}

/** Whether there is an old pair to go back to: in place, saved, or in /outgoing. */
export async function holdsOldPair(layout: Layout, change: Change): Promise<boolean> {
	try {
		zeroize(await loadOld(layout, change));
		return true;
	} catch {
		return false;
	}
}

async function loadOld(layout: Layout, change: Change): Promise<PairBytes> {
	const target = targetOf(change);
	const copy = target.isCopied ? [backupIn(layout, change)] : [];
	const [last, ...others] = [installedFiles(layout, target), ...copy, pairIn(savedFolder(layout, change), target)] as const;
	for (const files of others.toReversed()) {
		try {
			return await loadPair(files, change.old);
		} catch {
			// The next one may hold it.
		}
	}

	return loadPair(last, change.old);
}

/** Puts back those files of the old pair that are not in place. Rejects when one of them cannot be put back. */
export async function restoreOld(layout: Layout, change: Change): Promise<void> {
	const [target, pair] = [targetOf(change), await loadOld(layout, change)];
	try {
		const files = installedFiles(layout, target);
		for (const part of partsOf(files)) {
			await putBack(files[part], pair[part], modes[part]);
		}

		await syncFolders(files);
	} finally {
		zeroize(pair);
	}
}

async function putBack(file: string, bytes: Buffer, mode: number): Promise<void> {
	const present = await ifPresent(async () => readFile(file));
	if (present?.equals(bytes)) {
		return;
	}

	try {
		await ifPresent(async () => unlink(sideOf(file)));
		await writeBeside(file, bytes, mode);
		await rename(sideOf(file), file);
	} catch (error) {
		await overwrite(file, bytes).catch(() => {
			throw error;
		});
	}
}

/** The last resort when nothing can be made or renamed in the folder: the bytes in the file itself. */
async function overwrite(file: string, bytes: Buffer): Promise<void> {
	await using handle = await open(file, 'r+');
	await handle.write(bytes, 0, bytes.length, 0);
	await handle.truncate(bytes.length);
	await handle.sync();
}
