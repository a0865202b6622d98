// The files that an SFTP account can reach: some folders under a root of their own. Whatever a client sends, and whatever is in
// those folders, nothing outside of them is opened, listed, changed or named:
// - symbolic links are never followed, in the middle of a path (openat.ts) or at its end, and cannot be made;
// - a file with more than one hard link is not opened: its other name may be outside;
// - FIFOs, sockets and devices are not opened, and stat() on them does not block.
// New files and folders get modes 0600 and 0700, as with `sftp-server -u 0077`; a client may chmod them afterwards.
import {closeSync, constants, fstatSync, lstatSync, renameSync, type Stats, unlinkSync} from 'node:fs';
import {mkdir, rmdir, statfs} from 'node:fs/promises';
import {incompleteMark} from '../../appliance/upload-incomplete.js';
import type {Entry, AttributeChanges} from '../attributes.js';
import {openFlags, type Files, type OpenedFile, type OpenMode, type Space} from '../files.js';
import {itself, listingOf, openFolder, openPath, within} from './openat.js';
import {openOwn} from './open-own.js';
import {changeOpen, openedFile, assertRegularFile, resize, withoutMark} from './jailed-file.js';
import {type Listing, listingOfEntries} from '../listing.js';
import {mapWritablePath, isFixed, partsOf, type PathMapping, mapPath, type Share, shareOf} from './path-mapping.js';
import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';
import {renameUnlessExists} from '../rename.js';
import {Uploads} from './incomplete-uploads.js';

const ownerOnly = 0o700;

/** No method leaves anything open when it rejects. */
export class Jail implements Files {
	readonly #uploads = new Uploads();

	constructor(private readonly shares: readonly Share[]) {}

	/** Links are not followed, so every link counts as dangling. */
	async stat(path: string, kind: 'target' | 'link'): Promise<Stats> {
		const stats = await this.#lstat(path);
		if (kind === 'target' && stats.isSymbolicLink()) {
			throw new StatusError(status.noSuchFile);
		}

		return stats;
	}

	async #lstat(path: string): Promise<Stats> {
		const found = shareOf(this.shares, path);
		if (!found || found.rest.length === 0) {
			using folder = openFolder((found?.share ?? this.shares[0]!).folder, []);
			return fstatSync(folder.fd);
		}

		return withoutMark(await inFolder(mapPath(this.shares, path), async target => lstatSync(target)));
	}

	async openFile(path: string, openMode: OpenMode): Promise<OpenedFile> {
		const changes = openMode.write || openMode.create || openMode.truncate;
		const mapping = changes ? mapWritablePath(this.shares, path) : mapPath(this.shares, path);
		const fd = await openAt(mapping, openMode);
		try {
			const stats = fstatSync(fd);
			assertRegularFile(stats);
			const upload = changes ? this.#uploads.begin(fd, stats) : undefined;
			if (openMode.truncate && stats.size > 0) {
				upload?.change();
				await resize(fd, 0); // Only now: O_TRUNC would have emptied a file that is refused.
			}

			return openedFile({fd, share: mapping.share, writable: openMode.write, append: openMode.append, upload});
		} catch (error) {
			closeSync(fd);
			throw error;
		}
	}

	async list(path: string): Promise<Listing> {
		const found = shareOf(this.shares, path);
		return found ? listingOf(openFolder(found.share.folder, found.rest), withoutMark) : listingOfEntries(await this.#root());
	}

	/** Removes a file, or a link, FIFO or the like that has been planted; never what a link points to. */
	async remove(path: string): Promise<void> {
		await inFolder(mapPath(this.shares, path), async target => unlinkSync(target));
	}

	async makeFolder(path: string, mode: number = ownerOnly): Promise<void> {
		if (isFixed(this.shares, path)) {
			throw new StatusError(status.failure, 'It already exists'); // `put -r` and `scp -r` accept this.
		}

		const mapping = mapWritablePath(this.shares, path);
		await adding(mapping, () => inFolder(mapping, target => mkdir(target, mode & ownerOnly)));
	}

	async removeFolder(path: string): Promise<void> {
		await inFolder(mapWritablePath(this.shares, path), rmdir);
	}

	async rename(from: string, to: string): Promise<void> {
		await this.#move(from, to, renameUnlessExists);
	}

	async replace(from: string, to: string): Promise<void> {
		await this.#move(from, to, renameSync);
	}

	async change(path: string, changes: AttributeChanges): Promise<void> {
		const mapping = mapWritablePath(this.shares, path);
		using target = await inFolder(mapping, async path => openPath(path));
		await changeOpen(target.fd, mapping.share, changes);
	}

	/** Purely textual: there are no links to resolve. */
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

	/** Names change synchronously, so that concurrent sessions cannot leave a file with two names. */
	async #move(from: string, to: string, how: (source: Buffer, target: Buffer) => void): Promise<void> {
		const target = mapWritablePath(this.shares, to);
		const source = mapWritablePath(this.shares, from);
		await inFolder(source, sourcePath => inFolder(target, async targetPath => how(sourcePath, targetPath)));
	}

	async #root(): Promise<Entry[]> {
		return Promise.all(this.shares.map(async ({name}) => ({name, stats: await this.#lstat(name)})));
	}
}

/** Runs `work`, which makes one file or folder, within the quota. */
async function adding<Result>({share: {quota}}: PathMapping, work: () => Promise<Result>): Promise<Result> {
	return quota ? quota.growing(0, {bytes: 0, entries: 1}, work) : work();
}

/** Opens a file. An existing file can be opened even when the quota is used up. */
async function openAt(mapping: PathMapping, openMode: OpenMode): Promise<number> {
	const mode = ((openMode.mode ?? 0o600) & ownerOnly) | incompleteMark;
	const opening = (flags: number) => () => inFolder(mapping, async target => openOwn(target, flags, mode));
	if (!openMode.create) {
		return opening(flagsFor(openMode))();
	}

	try {
		return await adding(mapping, opening(flagsFor(openMode)));
	} catch (error) {
		if (error instanceof StatusError && !openMode.exclusive) {
			return opening(flagsFor({...openMode, create: false}))().catch(() => {
				throw error;
			});
		}

		throw error;
	}
}

/** Calls `use` with a path that is good while the folder around it is held open. */
async function inFolder<T>(mapping: PathMapping, use: (path: Buffer) => Promise<T>): Promise<T> {
	using folder = openFolder(mapping.share.folder, mapping.folders);
	return await use(within(folder, mapping.name));
}

/**
 * O_APPEND makes writes go to the end whatever offset they name, as with OpenSSH: `curl --append` counts offsets from 0. Requests
 * run one after the other, so `reput` still works. O_TRUNC is never set: see openFile().
 */
function flagsFor(openMode: OpenMode): number {
	return openFlags(openMode) | constants.O_NOFOLLOW | constants.O_NONBLOCK;
}
