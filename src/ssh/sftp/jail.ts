// The part of the machine that an SFTP client can reach: some folders, shown in a root of their own. Whatever a client
// sends and whatever is planted in those folders, nothing outside of them is opened, listed, changed or named:
// - links are never followed, neither on the way (folder-walk.ts) nor at the end, and cannot be made;
// - a file with a second name (a hard link) is not opened, as that name may be outside;
// - FIFOs, sockets and devices are not opened, and looking at them does not wait for anybody.
// New files and folders belong to their owner alone, as with `sftp-server -u 0077`; a client may chmod them afterwards.
import {constants, type Stats, type StatsFs} from 'node:fs';
import {chmod, type FileHandle, link, lstat, mkdir, open, rename, rmdir, statfs, truncate, unlink, utimes} from 'node:fs/promises';
import {hasCode} from '../../problem.js';
import type {Entry, Wishes} from './attributes.js';
import {itself, openFolder, pin, within} from './folder-walk.js';
import {type Listing, listingOf, listingOfEntries} from './listing.js';
import {changeablePlaceOf, isFixed, type Place, placeOf, type Share, shareOf} from './place.js';
import {status} from './protocol.js';
import {Refusal} from './refusal.js';

/** How a file is to be opened. */
export type Purpose = {
	read: boolean;
	write: boolean;
	create: boolean;
	exclusive: boolean;
	truncate: boolean;
	/** Permissions of a file that is made; only the owner's part is taken. */
	mode?: number;
};

const ownerOnly = 0o700;

/** All methods reject with a Refusal or with the system's error, and leave nothing open. */
export class Jail {
	constructor(private readonly shares: readonly Share[]) {}

	/** What stands at a path; of a link, the link itself. */
	async look(path: string): Promise<Stats> {
		const found = shareOf(this.shares, path);
		if (!found || found.rest.length === 0) {
			await using folder = await openFolder((found?.share ?? this.shares[0]!).folder, []);
			return await folder.stat();
		}

		return inFolder(placeOf(this.shares, path), target => lstat(target));
	}

	async openFile(path: string, purpose: Purpose): Promise<FileHandle> {
		const changes = purpose.write || purpose.create || purpose.truncate;
		const place = changes ? changeablePlaceOf(this.shares, path) : placeOf(this.shares, path);
		const file = await inFolder(place, target => open(target, flagsFor(purpose), (purpose.mode ?? 0o600) & ownerOnly));
		try {
			refuseUnlessPlain(await file.stat());
			if (purpose.truncate) {
				await file.truncate(0); // Only now: O_TRUNC would have emptied a file that is refused.
			}
		} catch (error) {
			await file.close();
			throw error;
		}

		return file;
	}

	async list(path: string): Promise<Listing> {
		const found = shareOf(this.shares, path);
		return found ? listingOf(await openFolder(found.share.folder, found.rest)) : listingOfEntries(await this.#root());
	}

	/** Removes a file, or a link, FIFO or the like that has been planted; never what a link points to. */
	async remove(path: string): Promise<void> {
		await inFolder(placeOf(this.shares, path), unlink);
	}

	async makeFolder(path: string, mode: number = ownerOnly): Promise<void> {
		if (isFixed(this.shares, path)) {
			throw new Refusal(status.failure, 'It is there already'); // What `put -r` and `scp -r` take for an answer.
		}

		await inFolder(changeablePlaceOf(this.shares, path), target => mkdir(target, mode & ownerOnly));
	}

	async removeFolder(path: string): Promise<void> {
		await inFolder(changeablePlaceOf(this.shares, path), rmdir);
	}

	/** Gives a file or folder another name, and fails when that is taken. */
	async rename(from: string, to: string): Promise<void> {
		await this.#move(from, to, async (source, target) => {
			if ((await lstat(source)).isFile()) {
				await link(source, target); // Unlike rename(2) it never replaces anything.
				await unlink(source);
			} else if (await isFree(target)) {
				await rename(source, target);
			} else {
				throw new Refusal(status.failure, 'The new name is taken');
			}
		});
	}

	/** Gives a file or folder another name, in place of what may have had it: rename(2). */
	async replace(from: string, to: string): Promise<void> {
		await this.#move(from, to, rename);
	}

	async change(path: string, wishes: Wishes): Promise<void> {
		await using target = await inFolder(changeablePlaceOf(this.shares, path), pin);
		await changeOpen(target, wishes);
	}

	/** The file system that a path is on. */
	async space(path: string): Promise<StatsFs> {
		const found = shareOf(this.shares, path);
		await using folder = await openFolder((found?.share ?? this.shares[0]!).folder, []);
		return await statfs(itself(folder));
	}

	/** Whether an open file may be changed under this path. */
	refuseUnlessChangeable(path: string): void {
		changeablePlaceOf(this.shares, path);
	}

	async #move(from: string, to: string, how: (source: Buffer, target: Buffer) => Promise<void>): Promise<void> {
		const target = changeablePlaceOf(this.shares, to);
		const source = changeablePlaceOf(this.shares, from);
		await inFolder(source, sourcePath => inFolder(target, targetPath => how(sourcePath, targetPath)));
	}

	async #root(): Promise<Entry[]> {
		return Promise.all(this.shares.map(async ({name}) => ({name, stats: await this.look(name)})));
	}
}

/** Changes a file or folder through its descriptor. The owner can only be "changed" to what it is. */
export async function changeOpen(handle: FileHandle, {size, owner, mode, times}: Wishes): Promise<void> {
	const stats = await handle.stat();
	if (!stats.isDirectory()) {
		refuseUnlessPlain(stats);
	}

	if (owner && (owner.user !== stats.uid || owner.group !== stats.gid)) {
		throw new Refusal(status.permissionDenied);
	}

	if (size !== undefined) {
		await truncate(itself(handle), size);
	}

	if (mode !== undefined) {
		await chmod(itself(handle), mode);
	}

	if (times) {
		await utimes(itself(handle), times.accessed, times.modified);
	}
}

/** Calls `use` with the path of a place while the folder around it is held open. */
async function inFolder<T>(place: Place, use: (path: Buffer) => Promise<T>): Promise<T> {
	await using folder = await openFolder(place.share.folder, place.folders);
	return await use(within(folder, place.name));
}

/** Never O_APPEND: clients send the offset of every write, and several of them at once. Never O_TRUNC: see openFile(). */
function flagsFor({read, write, create, exclusive}: Purpose): number {
	const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
	return access
		| (create ? constants.O_CREAT : 0)
		| (exclusive ? constants.O_EXCL : 0)
		| constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
}

function refuseUnlessPlain(stats: Stats): void {
	if (!stats.isFile()) {
		throw new Refusal(status.failure, 'Not a regular file');
	}

	if (stats.nlink > 1) {
		throw new Refusal(status.permissionDenied, 'The file has a second name');
	}
}

async function isFree(path: Buffer): Promise<boolean> {
	try {
		await lstat(path);
		return false;
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return true;
		}

		throw error;
	}
}
