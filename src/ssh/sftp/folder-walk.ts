// Walking into a folder without ever following a link. Node has no openat(2); a name below /proc/self/fd/N is the same:
// the kernel starts at the folder that the descriptor holds, wherever that has been moved to, and O_NOFOLLOW stops at a
// link. So no rename that happens meanwhile can lead out, which comparing the text of real paths cannot promise.
import {constants, type Stats} from 'node:fs';
import {type FileHandle, lstat, open, opendir} from 'node:fs/promises';
import {type Listing, listingOfNames} from './listing.js';
import {limits} from './protocol.js';

/** Linux's O_PATH, which Node does not name: a descriptor that stands for a file and opens nothing, not even a FIFO or a device. */
const pathOnly = 0o10_000_000;

const folderOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Opens the folder that `names` lead to from `base`. Rejects with ENOENT, ENOTDIR or ELOOP when one is not a real folder. */
export async function openFolder(base: string, names: string[]): Promise<FileHandle> {
	let folder = await open(base, folderOnly);
	for (const name of names) {
		const parent = folder;
		try {
			folder = await openWithin(parent, name);
		} finally {
			await parent.close();
		}
	}

	return folder;
}

/** Opens a folder in an open folder. Rejects as openFolder() does. */
export async function openWithin(folder: FileHandle, name: string): Promise<FileHandle> {
	return open(within(folder, name), folderOnly);
}

/** The path that means `name`, bytes as latin1 characters, in an open folder. Good for as long as the folder stays open. */
export function within(folder: FileHandle, name: string): Buffer {
	return Buffer.from(`${itself(folder)}/${name}`, 'latin1');
}

/** The path that means what a descriptor holds, and nothing that takes its place. */
export function itself(handle: FileHandle): string {
	return `/proc/self/fd/${handle.fd}`;
}

/** Takes hold of a file, folder or anything else by name without opening or following it. */
export async function pin(path: Buffer): Promise<FileHandle> {
	return open(path, pathOnly | constants.O_NOFOLLOW);
}

/** Reads an open folder, and closes it with the listing. `shown` is how what stands in it is told to a client. */
export async function listingOf(folder: FileHandle, shown: (stats: Stats) => Stats): Promise<Listing> {
	try {
		const names = await opendir(itself(folder), {encoding: 'latin1', bufferSize: limits.names});
		const {next, close} = listingOfNames(names, async name => shown(await lstat(within(folder, name))));
		return {
			next,
			async close() {
				await close();
				await folder.close();
			},
		};
	} catch (error) {
		await folder.close();
		throw error;
	}
}
