// The part of the machine that an SFTP client can reach: some folders, shown in a root of their own. Whatever a client
// sends and whatever is planted in those folders, nothing outside of them is opened, listed, changed or named:
// - links are never followed, neither on the way (folder-walk.ts) nor at the end, and cannot be made;
// - a file with a second name (a hard link) is not opened, as that name may be outside;
// - FIFOs, sockets and devices are not opened, and looking at them does not wait for anybody.
// New files and folders belong to their owner alone, as with `sftp-server -u 0077`; a client may chmod them afterwards.
import {closeSync, constants, fstatSync, lstatSync, openSync, type Stats} from 'node:fs';
import {mkdir, rename, rmdir, statfs, truncate, unlink} from 'node:fs/promises';
import {unfinished} from '../../appliance/unfinished.js';
import type {Entry, Wishes} from './attributes.js';
import type {Files, OpenedFile, Purpose, Space} from './files.js';
import {itself, listingOf, openFolder, pin, within} from './folder-walk.js';
import {changeOpen, openedFile, refuseUnlessPlain, shown} from './jailed-file.js';
import {type Listing, listingOfEntries} from './listing.js';
import {changeablePlaceOf, isFixed, partsOf, type Place, placeOf, type Share, shareOf} from './place.js';
import {status} from './protocol.js';
import {Refusal} from './refusal.js';
import {renameUnlessTaken} from './rename.js';
import {Uploads} from './uploads.js';

const ownerOnly = 0o700;

/** All methods leave nothing open when they reject. */
export class Jail implements Files {
	readonly #uploads = new Uploads();

	constructor(private readonly shares: readonly Share[]) {}

	/** No link is followed: as a target it leads nowhere. */
	async look(path: string, kind: 'target' | 'link'): Promise<Stats> {
		const stats = await this.#look(path);
		if (kind === 'target' && stats.isSymbolicLink()) {
			throw new Refusal(status.noSuchFile);
		}

		return stats;
	}

	async #look(path: string): Promise<Stats> {
		const found = shareOf(this.shares, path);
		if (!found || found.rest.length === 0) {
			using folder = openFolder((found?.share ?? this.shares[0]!).folder, []);
			return fstatSync(folder.fd);
		}

		return shown(await inFolder(placeOf(this.shares, path), async target => lstatSync(target)));
	}

	async openFile(path: string, purpose: Purpose): Promise<OpenedFile> {
		const changes = purpose.write || purpose.create || purpose.truncate;
		const place = changes ? changeablePlaceOf(this.shares, path) : placeOf(this.shares, path);
		const fd = await openAt(place, purpose);
		try {
			const stats = fstatSync(fd);
			refuseUnlessPlain(stats);
			const upload = changes ? this.#uploads.begin(fd, stats) : undefined;
			if (purpose.truncate && stats.size > 0) {
				upload?.change();
				await truncate(itself({fd}), 0); // Only now: O_TRUNC would have emptied a file that is refused.
			}

			return openedFile({fd, share: place.share, append: purpose.append, upload});
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
		await inFolder(placeOf(this.shares, path), unlink);
	}

	async makeFolder(path: string, mode: number = ownerOnly): Promise<void> {
		if (isFixed(this.shares, path)) {
			throw new Refusal(status.failure, 'It is there already'); // What `put -r` and `scp -r` take for an answer.
		}

		const place = changeablePlaceOf(this.shares, path);
		await adding(place, () => inFolder(place, target => mkdir(target, mode & ownerOnly)));
	}

	async removeFolder(path: string): Promise<void> {
		await inFolder(changeablePlaceOf(this.shares, path), rmdir);
	}

	async rename(from: string, to: string): Promise<void> {
		await this.#move(from, to, renameUnlessTaken);
	}

	async replace(from: string, to: string): Promise<void> {
		await this.#move(from, to, rename);
	}

	async change(path: string, wishes: Wishes): Promise<void> {
		const place = changeablePlaceOf(this.shares, path);
		using target = await inFolder(place, async path => pin(path));
		await changeOpen(target.fd, place.share, wishes);
	}

	/** Whether anything is there does not matter: every folder that a path may name is known by its text. */
	async realPath(path: string): Promise<string> {
		return `/${partsOf(path).join('/')}`;
	}

	async space(path: string): Promise<Space> {
		const {folder, quota} = shareOf(this.shares, path)?.share ?? this.shares[0]!;
		using opened = openFolder(folder, []);
		const space = await statfs(itself(opened));
		return quota ? quota.space(space) : space;
	}

	readonly ownersOf = () => ['tancopy', 'tancopy'] as const;

	async #move(from: string, to: string, how: (source: Buffer, target: Buffer) => Promise<void>): Promise<void> {
		const target = changeablePlaceOf(this.shares, to);
		const source = changeablePlaceOf(this.shares, from);
		await inFolder(source, sourcePath => inFolder(target, targetPath => how(sourcePath, targetPath)));
	}

	async #root(): Promise<Entry[]> {
		return Promise.all(this.shares.map(async ({name}) => ({name, stats: await this.#look(name)})));
	}
}

/** Does something that makes a file or folder, if there is room for one more. */
async function adding<Result>({share: {quota}}: Place, work: () => Promise<Result>): Promise<Result> {
	return quota ? quota.growing(0, {bytes: 0, entries: 1}, work) : work();
}

/** Opens a file. However full a folder is, one that is there already may be opened. */
async function openAt(place: Place, purpose: Purpose): Promise<number> {
	const mode = ((purpose.mode ?? 0o600) & ownerOnly) | unfinished;
	const opening = (flags: number) => () => inFolder(place, async target => openSync(target, flags, mode));
	if (!purpose.create) {
		return opening(flagsFor(purpose))();
	}

	try {
		return await adding(place, opening(flagsFor(purpose)));
	} catch (error) {
		if (error instanceof Refusal && !purpose.exclusive) {
			return opening(flagsFor({...purpose, create: false}))().catch(() => Promise.reject(error));
		}

		throw error;
	}
}

/** Calls `use` with the path of a place while the folder around it is held open. */
async function inFolder<T>(place: Place, use: (path: Buffer) => Promise<T>): Promise<T> {
	using folder = openFolder(place.share.folder, place.folders);
	return await use(within(folder, place.name));
}

/**
 * With O_APPEND writes go to the end whatever offset they name, as with OpenSSH: `curl --append` names offsets from 0 on. As
 * requests are carried out one after the other, `reput` comes to the same. Never O_TRUNC: see openFile().
 */
function flagsFor({read, write, append, create, exclusive}: Purpose): number {
	const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
	return access
		| (append ? constants.O_APPEND : 0)
		| (create ? constants.O_CREAT : 0)
		| (exclusive ? constants.O_EXCL : 0)
		| constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
}
