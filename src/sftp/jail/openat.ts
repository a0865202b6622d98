// Opens folders without following links. Node has no openat(2), but a name under /proc/self/fd/N does the same: the kernel
// starts at the folder that the descriptor holds, wherever it has been moved, and O_NOFOLLOW stops at a link. So a concurrent
// rename cannot lead outside. Comparing real paths cannot guarantee that.
import {closeSync, constants, openSync, type Stats} from 'node:fs';
import {lstat, opendir} from 'node:fs/promises';
import {type Listing, listingOfNames} from '../listing.js';
import {limits} from '../protocol.js';

/** Linux's O_PATH, for which Node has no constant: a descriptor that refers to a file without opening it, not even a FIFO. */
const pathOnly = 0o10_000_000;

const folderOnly = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A descriptor that is closed at the end of its scope. */
export type OpenedPath = {fd: number} & Disposable;

/** An open folder. */
export type Folder = OpenedPath;

/**
 * Opens the folder that `names` lead to from `base`. Throws ENOENT, ENOTDIR or ELOOP when one of them is not a folder. It is
 * synchronous: opening a folder takes a few microseconds, the thread pool twenty times as long, and that is most of the cost
 * of a small file.
 */
export function openFolder(base: string, names: string[]): Folder {
	let folder = opened(base);
	for (const name of names) {
		using parent = folder;
		folder = openWithin(parent, name);
	}

	return folder;
}

/** Opens a folder within an open folder. Throws as openFolder() does. */
export function openWithin(folder: Folder, name: string): Folder {
	return opened(within(folder, name));
}

function opened(path: string | Buffer, flags = folderOnly): OpenedPath {
	const fd = openSync(path, flags);
	return {fd, [Symbol.dispose]: () => closeSync(fd)};
}

/** The path of `name` (latin1) in an open folder. Valid while the folder stays open. */
export function within(folder: Folder, name: string): Buffer {
	return Buffer.from(`${itself(folder)}/${name}`, 'latin1');
}

/** The path of an open file itself, even if another one has taken its name. */
export function itself({fd}: {fd: number}): string {
	return `/proc/self/fd/${fd}`;
}

/** Opens anything with O_PATH | O_NOFOLLOW. */
export function openPath(path: Buffer): OpenedPath {
	return opened(path, pathOnly | constants.O_NOFOLLOW);
}

/** Lists an open folder, and closes it with the listing. `convert` makes the attributes that clients see. */
export async function listingOf(folder: Folder, convert: (stats: Stats) => Stats): Promise<Listing> {
	try {
		const names = await opendir(itself(folder), {encoding: 'latin1', bufferSize: limits.names});
		const {next, close} = listingOfNames(names, async name => convert(await lstat(within(folder, name))));
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
