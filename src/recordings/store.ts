// The recordings of sessions over SSH: `var/lib/tanos/recordings`, which only the owner of the appliance can enter. The security settings
// say whether there are any, how large one and all of them may become, and how old.
import {constants} from 'node:fs';
import {open, readdir, stat, statfs, unlink, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {auditOrKeep} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import {maxListLength} from '../appliance/log-limits.js';
import {stamp} from '../appliance/stamp.js';
import {readSecuritySettings} from '../appliance/users/security-settings.js';
import {ifPresent} from '../if-present.js';
import {hasCode, Problem} from '../problem.js';

export type StoredRecording = {
	name: string;
	/** When the session began, in ISO 8601. */
	began: string;
	user: string;
	bytes: number;
};

/** `20261127-084312-tanadmin-1a2b3c4d.cast` */
const namePattern = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-([\w.-]+)-[\da-f]{8}\.cast$/;

const dayMs = 86_400_000;

/** The bytes of a megabyte of the settings. */
export const megabyte = 1024 * 1024;

/** Free space that recordings leave on their disk, so that an installation never lacks it. */
const reserveBytes = 64 * megabyte;

/** The files that this process is writing: they are not removed. */
const inProgress = new Set<string>();

/** A new name. Its file is not removed until the result is disposed of. */
export function reserveName({recordings}: Layout, user: string, began: Date): Disposable & {name: string; file: string} {
	const name = `${stamp(began)}-${user.replaceAll(/[^\w.-]/g, '_')}-${crypto.randomUUID().slice(0, 8)}.cast`;
	const file = path.join(recordings, name);
	inProgress.add(file);
	return {name, file, [Symbol.dispose]: () => void inProgress.delete(file)};
}

/** The recordings, the oldest first. Other files in their folder are left out. */
export async function storedRecordings({recordings}: Layout): Promise<StoredRecording[]> {
	const names = ((await ifPresent(async () => readdir(recordings))) ?? []).filter(name => namePattern.test(name)).toSorted();
	const found = await Promise.all(names.map(async name => describe(recordings, name)));
	return found.filter(recording => recording !== undefined);
}

/** Undefined when it has been removed meanwhile. */
async function describe(folder: string, name: string): Promise<StoredRecording | undefined> {
	const stats = await ifPresent(async () => stat(path.join(folder, name)));
	const [, year, month, day, hour, minute, second, user = ''] = namePattern.exec(name) ?? [];
	return stats && {name, began: `${year}-${month}-${day}T${hour}:${minute}:${second}Z`, user, bytes: stats.size};
}

/** Opens a recording for reading. Rejects with Problem `no-recording`. */
export async function openRecording({recordings}: Layout, name: string): Promise<FileHandle> {
	try {
		if (namePattern.test(name)) {
			return await open(path.join(recordings, name), constants.O_RDONLY | constants.O_NOFOLLOW);
		}
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) {
			throw error;
		}
	}

	throw new Problem('no-recording', `There is no recording ${name}.`, 'See: recordings list');
}

/**
 * Removes recordings that are older than the security settings allow, and the oldest of what is beyond their size; none that is being
 * written. Resolves with whether the others are within the size.
 */
export async function removeOldRecordings(layout: Layout, now: Date): Promise<boolean> {
	const stored = await storedRecordings(layout);
	if (stored.length === 0) {
		return true;
	}

	const {maximumTotalRecordingMegabytes, maximumRecordingDays} = await readSecuritySettings(layout);
	let total = stored.reduce((sum, {bytes}) => sum + bytes, 0);
	const removed: string[] = [];
	for (const {name, began, bytes} of stored) {
		const isOld = maximumRecordingDays > 0 && now.getTime() - new Date(began).getTime() > maximumRecordingDays * dayMs;
		const file = path.join(layout.recordings, name);
		if ((isOld || total > maximumTotalRecordingMegabytes * megabyte) && !inProgress.has(file)) {
			await ifPresent(async () => unlink(file));
			total -= bytes;
			removed.push(name);
		}
	}

	for (let at = 0; at < removed.length; at += maxListLength) {
		await auditOrKeep(layout, {event: 'recordings-removed', recordings: removed.slice(at, at + maxListLength)});
	}

	return total <= maximumTotalRecordingMegabytes * megabyte;
}

/** Whether the disk has space for recordings beyond what an installation may need. */
export async function hasSpace({recordings}: Layout): Promise<boolean> {
	const {bavail, bsize} = await statfs(recordings);
	return bavail * bsize > reserveBytes;
}
