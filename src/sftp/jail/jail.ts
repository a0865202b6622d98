// The part of the machine that an SFTP client can reach: some folders, shown in a root of their own. Whatever a client
// sends and whatever is planted in those folders, nothing outside of them is opened, listed, changed or named:
// - links are never followed, neither on the way (folder-walk.ts) nor at the end, and cannot be made;
// - a file with a second name (a hard link) is not opened, as that name may be outside;
// - FIFOs, sockets and devices are not opened, and looking at them does not wait for anybody.
// New files and folders belong to their owner alone, as with `sftp-server -u 0077`; a client may chmod them afterwards.
import {closeSync, constants, fstatSync, lstatSync, openSync, type Stats} from 'node:fs';
import {mkdir, rename, rmdir, statfs, truncate, unlink} from 'node:fs/promises';
import {incompleteMark} from '../../appliance/upload-incomplete.js';
import type {Entry, AttributeChanges} from '../attributes.js';
import type {Files, OpenedFile, OpenMode, Space} from '../files.js';
import {itself, listingOf, openFolder, openPath, within} from './openat.js';
import {changeOpen, openedFile, refuseUnlessPlain, shown} from './jailed-file.js';
import {type Listing, listingOfEntries} from '../listing.js';
import {mapWritablePath, isFixed, partsOf, type PathMapping, mapPath, type Share, shareOf} from './path-mapping.js';
import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';
import {renameUnlessTaken} from '../rename.js';
import {Uploads} from './incomplete-uploads.js';

const ownerOnly = 0o700;

/** All methods leave nothing open when they reject. */
export class Jail implements Files {
	readonly #uploads = new Uploads();

	constructor(private readonly shares: readonly Share[]) {}

	/** No link is followed: as a target it leads nowhere. */
	async look(path: string, kind: 'target' | 'link'): Promise<Stats> {
		const stats = await this.#look(path);
		if (kind === 'target' && stats.isSymbolicLink()) {
			throw new StatusError(status.noSuchFile);
		}

		return stats;
	}

	async #look(path: string): Promise<Stats> {
		const found = shareOf(this.shares, path);
		if (!found || found.rest.length === 0) {
			using folder = openFolder((found?.share ?? this.shares[0]!).folder, []);
			return fstatSync(folder.fd);
		}

		return shown(await inFolder(mapPath(this.shares, path), async target => lstatSync(target)));
	}

	async openFile(path: string, openMode: OpenMode): Promise<OpenedFile> {
		const changes = openMode.write || openMode.create || openMode.truncate;
		const place = changes ? mapWritablePath(this.shares, path) : mapPath(this.shares, path);
		const fd = await openAt(place, openMode);
		try {
			const stats = fstatSync(fd);
			refuseUnlessPlain(stats);
			const upload = changes ? this.#uploads.begin(fd, stats) : undefined;
			if (openMode.truncate && stats.size > 0) {
				upload?.change();
				await truncate(itself({fd}), 0); // Only now: O_TRUNC would have emptied a file that is refused.
			}

			return openedFile({fd, share: place.share, append: openMode.append, upload});
		} catch (error) {
			closeSync(fd);
			throw error;
		}
	}

	async list(path: string): Promise<Listing> {
		const found = shareOf(this.shares, path);
		return found ? listingOf(openFolder(found.share.folder, found.rest), shown) : listingOfEntries(await this.#root());
	}

	/** Removes a file, or a link, FIFO or the like that has been planted; never what a link points to. */
	async remove(path: string): Promise<void> {
		await inFolder(mapPath(this.shares, path), unlink);
	}

	async makeFolder(path: string, mode: number = ownerOnly): Promise<void> {
		if (isFixed(this.shares, path)) {
			throw new StatusError(status.failure, 'It is there already'); // What `put -r` and `scp -r` take for an answer.
		}

		const place = mapWritablePath(this.shares, path);
		await adding(place, () => inFolder(place, target => mkdir(target, mode & ownerOnly)));
	}

	async removeFolder(path: string): Promise<void> {
		await inFolder(mapWritablePath(this.shares, path), rmdir);
	}

	async rename(from: string, to: string): Promise<void> {
		await this.#move(from, to, renameUnlessTaken);
	}

	async replace(from: string, to: string): Promise<void> {
		await this.#move(from, to, rename);
	}

	async change(path: string, changes: AttributeChanges): Promise<void> {
		const place = mapWritablePath(this.shares, path);
		using target = await inFolder(place, async path => openPath(path));
		await changeOpen(target.fd, place.share, changes);
	}

	/** Whether anything is there does not matter: every folder that a path may name is known by its text. */
	async realPath(path: string): Promise<string> {
		return `/${partsOf(path).join('/')}`;
	}

	async space(path: string): Promise<Space> {
		const {folder, quota} = shareOf(this.shares, path)?.share ?? this.shares[0]!;
		using opened = openFolder(folder, []);
		const space = await statfs(itself(opened));
		return quota ? await quota.space(space) : space;
	}

	readonly ownersOf = () => ['tancopy', 'tancopy'] as const;

	async #move(from: string, to: string, how: (source: Buffer, target: Buffer) => Promise<void>): Promise<void> {
		const target = mapWritablePath(this.shares, to);
		const source = mapWritablePath(this.shares, from);
		await inFolder(source, sourcePath => inFolder(target, targetPath => how(sourcePath, targetPath)));
	}

	async #root(): Promise<Entry[]> {
		return Promise.all(this.shares.map(async ({name}) => ({name, stats: await this.#look(name)})));
	}
}

/** Does something that makes a file or folder, if there is room for one more. */
async function adding<Result>({share: {quota}}: PathMapping, work: () => Promise<Result>): Promise<Result> {
	return quota ? quota.growing(0, {bytes: 0, entries: 1}, work) : work();
}

/** Opens a file. However full a folder is, one that is there already may be opened. */
async function openAt(place: PathMapping, openMode: OpenMode): Promise<number> {
	const mode = ((openMode.mode ?? 0o600) & ownerOnly) | incompleteMark;
	const opening = (flags: number) => () => inFolder(place, async target => openSync(target, flags, mode));
	if (!openMode.create) {
		return opening(flagsFor(openMode))();
	}

	try {
		return await adding(place, opening(flagsFor(openMode)));
	} catch (error) {
		if (error instanceof StatusError && !openMode.exclusive) {
			return opening(flagsFor({...openMode, create: false}))().catch(() => Promise.reject(error));
		}

		throw error;
	}
}

/** Calls `use` with the path of a place while the folder around it is held open. */
async function inFolder<T>(place: PathMapping, use: (path: Buffer) => Promise<T>): Promise<T> {
	using folder = openFolder(place.share.folder, place.folders);
	return await use(within(folder, place.name));
}

/**
 * With O_APPEND writes go to the end whatever offset they name, as with OpenSSH: `curl --append` names offsets from 0 on. As
 * requests are carried out one after the other, `reput` comes to the same. Never O_TRUNC: see openFile().
 */
function flagsFor({read, write, append, create, exclusive}: OpenMode): number {
	const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
	return access
		| (append ? constants.O_APPEND : 0)
		| (create ? constants.O_CREAT : 0)
		| (exclusive ? constants.O_EXCL : 0)
		| constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
}
