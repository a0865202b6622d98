// Writes files so that a crash cannot damage them. A new file is made with O_EXCL and its final mode before its first byte, written,
// synced, renamed, and its folder synced, so that a crash leaves the old content or the new, never a part of either.
import {constants, existsSync} from 'node:fs';
import {link, open, readdir, rename, unlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {ifPresent} from '../if-present.js';

/** Replaces or makes `file` with these bytes and this mode. Rejects with the system's error and leaves no partial file. */
export async function replaceFile(file: string, bytes: Uint8Array | string, mode: number): Promise<void> {
	await replaceFiles([[file, bytes]], mode);
}

/**
 * Replaces or makes several files of this mode: all of them are written before the first is renamed, so that a full disk leaves all as they
 * were. Rejects with the system's error and leaves no partial file.
 */
export async function replaceFiles(
	contents: ReadonlyArray<readonly [file: string, bytes: Uint8Array | string]>,
	mode: number,
): Promise<void> {
	const sides = contents.map(([file, bytes]) => ({file, bytes, side: partialName(file)}));
	try {
		for (const {side, bytes} of sides) {
			await createFile(side, bytes, mode);
		}

		for (const {side, file} of sides) {
			await rename(side, file);
			await syncFolder(path.dirname(file));
		}
	} catch (error) {
		await Promise.all(sides.map(async ({side}) => unlink(side).catch(() => undefined)));
		throw error;
	}
}

const partial = /\.(\d+)\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.new$/;

/** A unique name next to `file` for bytes that are not yet complete, by which `abandonedIn` knows it. */
function partialName(file: string): string {
	// Unique: two callers that replace the same file at once must not rename each other's partial file.
	return `${file}.${process.pid}.${crypto.randomUUID()}.new`;
}

/** The files in this folder that were being written by a process that has ended since. */
export async function abandonedIn(folder: string): Promise<string[]> {
	const names = (await ifPresent(async () => readdir(folder))) ?? [];
	return names.filter(name => isAbandoned(name)).map(name => path.join(folder, name));
}

function isAbandoned(name: string): boolean {
	const [, pid] = partial.exec(name) ?? [];
	return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** Makes a new file and syncs it. Rejects with EEXIST when there is one already; removes what it made when a write fails. */
export async function createFile(file: string, bytes: Uint8Array | string, mode: number): Promise<void> {
	const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
	try {
		await handle.chmod(mode); // The umask may have taken bits away.
		await handle.writeFile(bytes);
		await handle.sync();
	} catch (error) {
		await unlink(file).catch(() => undefined);
		throw withPath(error, file);
	} finally {
		await handle.close();
	}
}

/** As createFile(), but the file appears whole or not at all. The caller syncs the folder. */
export async function createWholeFile(file: string, bytes: Uint8Array | string, mode: number): Promise<void> {
	const side = partialName(file);
	try {
		await createFile(side, bytes, mode);
		await link(side, file);
	} finally {
		await ifPresent(async () => unlink(side));
	}
}

/** An error of a file handle does not say which file it was. */
function withPath(error: unknown, file: string): unknown {
	return error instanceof Error && !('path' in error) ? Object.assign(error, {path: file}) : error;
}

/** Makes renames and removals in this folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
