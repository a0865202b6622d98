// Reads a certificate or key file that an SFTP user may still be changing. The file is opened through its folder's
// descriptor, without following links and without waiting, and judged by what was opened, never by its path.
import {constants, type Stats} from 'node:fs';
import {open, readdir, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {maxFileBytes, type UploadedFile} from '../certificates/parse/uploaded-file.js';
import {hasCode, Problem} from '../problem.js';
import {assertSharedFolder} from './links.js';
import {isIncomplete} from './upload-incomplete.js';

export type ReadOptions = {
	/** The largest size that is read. */
	maxBytes?: number;
	/** Whether the folder may be a symbolic link: a user's own, never one that SFTP users share. */
	followsFolder?: boolean;
	/** Whether the file that is open for reading is also open for writing; undefined when that is not known. */
	isBeingWritten?(descriptor: number): Promise<boolean | undefined>;
};

/**
 * Reads one file once; never waits for a FIFO, and follows no link. Rejects with Problem `still-uploading` when its upload has not
 * come to an end, or it changes while it is read, and with Problem `folder-is-link` when its folder is a symbolic link.
 */
export async function readUpload(file: string, options: ReadOptions = {}): Promise<UploadedFile> {
	const name = path.basename(file);
	const folder = await openFolder(path.dirname(file), options.followsFolder ?? false);
	if (!folder) {
		return {name, state: 'missing', others: []};
	}

	try {
		return await readFrom(folder, name, options);
	} finally {
		await folder.close();
	}
}

/** The names of files in a folder, in order; none when there is no such folder. Rejects with Problem `folder-is-link`. */
export async function uploadsIn(folder: string): Promise<string[]> {
	await assertSharedFolder(folder);
	const names = await readdir(folder).catch((error: unknown): string[] => {
		if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
			return [];
		}

		throw error;
	});
	return names.toSorted();
}

/** Overwrites what was read. */
export function zeroizeUpload(upload: UploadedFile): void {
	if (upload.state === 'read') {
		upload.bytes.fill(0);
	}
}

async function openFolder(folder: string, followsLink: boolean): Promise<FileHandle | undefined> {
	try {
		return await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | (followsLink ? 0 : constants.O_NOFOLLOW));
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) {
			await assertSharedFolder(folder);
			return undefined;
		}

		throw error;
	}
}

async function readFrom(folder: FileHandle, name: string, options: ReadOptions): Promise<UploadedFile> {
	const own = `/proc/self/fd/${folder.fd}`;
	let handle;
	try {
		handle = await open(`${own}/${name}`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		return whyNotOpened(error, own, name);
	}

	try {
		return await readOpened(handle, name, options);
	} finally {
		await handle.close();
	}
}

async function whyNotOpened(error: unknown, folder: string, name: string): Promise<UploadedFile> {
	if (hasCode(error, 'ENOENT')) {
		return {name, state: 'missing', others: await readdir(folder)};
	}

	if (hasCode(error, 'ELOOP')) {
		return {name, state: 'symlink'};
	}

	if (hasCode(error, 'EACCES', 'EPERM')) {
		return {name, state: 'unreadable'};
	}

	if (hasCode(error, 'ENXIO')) {
		return {name, state: 'not-file', kind: 'a socket'};
	}

	throw error;
}

async function readOpened(
	handle: FileHandle,
	name: string,
	{maxBytes: most = maxFileBytes, isBeingWritten}: ReadOptions,
): Promise<UploadedFile> {
	const before = await handle.stat();
	if (!before.isFile()) {
		return {name, state: 'not-file', kind: kindOf(before)};
	}

	if (before.size > most) {
		return {name, state: 'too-big', size: before.size};
	}

	assertComplete(name, !isIncomplete(before) && (await isBeingWritten?.(handle.fd)) !== true);
	const buffer = Buffer.alloc(Math.min(most, before.size) + 1);
	const {bytesRead} = await handle.read(buffer, 0, buffer.length, 0);
	const after = await handle.stat();
	if (bytesRead !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs || isIncomplete(after)) {
		buffer.fill(0);
		throw new Problem('still-uploading', `${name} changed while it was read.`, 'Wait until the upload has ended, then try again.');
	}

	return {name, state: 'read', bytes: buffer.subarray(0, bytesRead), links: before.nlink, mode: before.mode & 0o7777};
}

function assertComplete(name: string, isComplete: boolean): void {
	if (!isComplete) {
		const hint = 'Wait until the upload has ended. If it was interrupted, upload the file again or resume it (reput).';
		throw new Problem('still-uploading', `${name} is incomplete: its upload is in progress or was interrupted.`, hint);
	}
}

function kindOf(stats: Stats): string {
	return stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a FIFO' : stats.isSocket() ? 'a socket' : 'a device';
}
