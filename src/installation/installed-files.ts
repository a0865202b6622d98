// The installed pair in its server's folder: how it is replaced, tried and put back.
import type {Stats} from 'node:fs';
import {chown, open, readFile, rename, stat, unlink, utimes} from 'node:fs/promises';
import path from 'node:path';
import {createFile, syncFolder} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import {sha256, type Change} from './change.js';
import {backupIn, loadPair, modes, partsOf, savedFolder, zeroize, type Part} from './pair-files.js';
import {installedFiles, pairIn, targetOf, type Attributes, type PairFiles, type Target} from './target.js';
import type {PairBytes} from './pair-bytes.js';

/** Where a pair is written, next to the installed one, before it is swapped in. */
export function sideFiles(layout: Layout, target: Target): PairFiles {
	const {certificate, key, chainFile} = installedFiles(layout, target);
	return {certificate: sideOf(certificate), key: sideOf(key), ...(chainFile !== undefined && {chainFile: sideOf(chainFile)})};
}

function sideOf(file: string): string {
	return `${file}.new`;
}

/** Writes a pair next to the installed one: the last moment at which a full disk or a permission can do harm. */
export async function placeBeside(layout: Layout, target: Target, pair: PairBytes): Promise<void> {
	await removeBeside(layout, target);
	const files = installedFiles(layout, target);
	for (const part of partsOf(files)) {
		await writeBeside(files[part]!, pair[part]!, part, target.attributes?.[part]);
	}

	await syncFolders(files);
}

/** Unless `wanted`, the owner is that of the installed file, and so is the mode, except that a key is never readable by all. */
async function writeBeside(file: string, bytes: Buffer, part: Part, wanted: Partial<Attributes> = {}): Promise<void> {
	const present = await ifPresent(async () => stat(file));
	const modeAsBefore = present ? present.mode & (part === 'key' ? 0o640 : 0o777) : modes[part];
	const {uid, gid} = {uid: process.geteuid!(), gid: process.getegid!(), ...ownerOf(present), ...wanted};
	await createFile(sideOf(file), bytes, wanted.mode ?? modeAsBefore);
	if (uid !== process.geteuid!() || gid !== process.getegid!()) {
		await chown(sideOf(file), uid, gid);
	}
}

function ownerOf(stats: Stats | undefined): Partial<Attributes> {
	return stats ? {uid: stats.uid, gid: stats.gid} : {};
}

/** The owner and mode of the installed files. Rejects with the system's error when one is missing. */
export async function installedAttributes(layout: Layout, target: Target): Promise<Partial<Record<Part, Attributes>>> {
	const files = installedFiles(layout, target);
	const entries = partsOf(files).map(async part => {
		const {uid, gid, mode} = await stat(files[part]!);
		return [part, {uid, gid, mode: mode & 0o777}] as const;
	});
	return Object.fromEntries(await Promise.all(entries));
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
		await rename(sideOf(files[part]!), files[part]!);
	}

	await syncFolders(files);
}

/** Of a host, the files may be in different folders. */
async function syncFolders(files: PairFiles): Promise<void> {
	for (const folder of new Set(Object.values(files).map(file => path.dirname(file)))) {
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
		const file = files[part]!;
		try {
			await replaceByCopy(file, change.old[part]!, part);
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

async function replaceByCopy(file: string, expected: string, part: Part): Promise<void> {
	const bytes = await readFile(file);
	try {
		if (sha256(bytes) !== expected) {
			throw new Problem('pair-not-in-place', 'somebody else has just changed it.');
		}

		const {atime, mtime} = await stat(file);
		await ifPresent(async () => unlink(sideOf(file)));
		await writeBeside(file, bytes, part);
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
			await putBack(files[part]!, pair[part]!, part, change.oldAttributes?.[part]);
		}

		await syncFolders(files);
	} finally {
		zeroize(pair);
	}
}

async function putBack(file: string, bytes: Buffer, part: Part, attributes: Attributes | undefined): Promise<void> {
	const present = await ifPresent(async () => readFile(file));
	if (present?.equals(bytes) && (!attributes || hasAttributes(await stat(file), attributes))) {
		return;
	}

	try {
		await ifPresent(async () => unlink(sideOf(file)));
		await writeBeside(file, bytes, part, attributes);
		await rename(sideOf(file), file);
	} catch (error) {
		await overwrite(file, bytes).catch(() => {
			throw error;
		});
	}
}

function hasAttributes(stats: Stats, {uid, gid, mode}: Attributes): boolean {
	return stats.uid === uid && stats.gid === gid && (stats.mode & 0o777) === mode;
}

/** The last resort when nothing can be made or renamed in the folder: the bytes in the file itself. */
async function overwrite(file: string, bytes: Buffer): Promise<void> {
	await using handle = await open(file, 'r+');
	await handle.write(bytes, 0, bytes.length, 0);
	await handle.truncate(bytes.length);
	await handle.sync();
}
