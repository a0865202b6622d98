// Walking into a folder without ever following a link. Node has no openat(2); a name below /proc/self/fd/N is the same:
// the kernel starts at the folder that the descriptor holds, wherever that has been moved to, and O_NOFOLLOW stops at a
// link. So no rename that happens meanwhile can lead out, which comparing the text of real paths cannot promise.
import {closeSync, constants, openSync, type Stats} from 'node:fs';
import {lstat, opendir} from 'node:fs/promises';
import {type Listing, listingOfNames} from '../listing.js';
import {limits} from '../protocol.js';

/** Linux's O_PATH, which Node does not name: a descriptor that stands for a file and opens nothing, not even a FIFO or a device. */
const pathOnly = 0o10_000_000;

const folderOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Something open, until its scope ends. */
export type OpenedPath = {fd: number} & Disposable;

/** An open folder. */
export type Folder = OpenedPath;

/**
 * Opens the folder that `names` lead to from `base`. Throws ENOENT, ENOTDIR or ELOOP when one is not a real folder. It does not
 * go through another thread as other work on files does: opening folders takes a few microseconds, and the detour twenty times
 * as long, which is most of what a small file costs.
 */
export function openFolder(base: string, names: string[]): Folder {
	let folder = opened(base);
	for (const name of names) {
		using parent = folder;
		folder = openWithin(parent, name);
	}

	return folder;
}

/** Opens a folder in an open folder. Throws as openFolder() does. */
export function openWithin(folder: Folder, name: string): Folder {
	return opened(within(folder, name));
}

function opened(path: string | Buffer, flags = folderOnly): OpenedPath {
	const fd = openSync(path, flags);
	return {fd, [Symbol.dispose]: () => closeSync(fd)};
}

/** The path that means `name`, bytes as latin1 characters, in an open folder. Good for as long as the folder stays open. */
export function within(folder: Folder, name: string): Buffer {
	return Buffer.from(`${itself(folder)}/${name}`, 'latin1');
}

/** The path that means what a descriptor holds, and nothing that takes its place. */
export function itself({fd}: {fd: number}): string {
	return `/proc/self/fd/${fd}`;
}

/** Takes hold of a file, folder or anything else by name without opening or following it. */
export function openPath(path: Buffer): OpenedPath {
	return opened(path, pathOnly | constants.O_NOFOLLOW);
}

/** Reads an open folder, and closes it with the listing. `shown` is how what stands in it is told to a client. */
export async function listingOf(folder: Folder, shown: (stats: Stats) => Stats): Promise<Listing> {
	try {
		const names = await opendir(itself(folder), {encoding: 'latin1', bufferSize: limits.names});
		const {next, close} = listingOfNames(names, async name => shown(await lstat(within(folder, name))));
		return {
			next,
			async close() {
				using _folder = folder;
				await close();
			},
		};
	} catch (error) {
		folder[Symbol.dispose]();
		throw error;
	}
}
