// The host's file system with the rights of the calling user, as OpenSSH's sftp-server(8) serves it. There is no other access
// control, so this is only for `tanos sftp-server`, whose caller has the same access already.
import {constants, readSync, type Stats, writeSync} from 'node:fs';
import {
	chmod,
	chown,
	type FileHandle,
	lchown,
	link,
	lstat,
	lutimes,
	mkdir,
	open,
	opendir,
	readlink,
	rename,
	rmdir,
	stat as statTarget,
	statfs,
	symlink,
	truncate,
	unlink,
	utimes,
} from 'node:fs/promises';
import type {AttributeChanges} from '../attributes.js';
import {openFlags, type HostOnlyOperations, type Files, type OpenedFile, type OpenMode} from '../files.js';
import {type Listing, listingOfNames} from '../listing.js';
import {status} from '../protocol.js';
import {realPathOf} from './real-path.js';
import {StatusError} from '../status-error.js';
import {renameUnlessExists} from '../rename.js';
import type {SystemNames} from './system-names.js';

/** Relative paths start in the working folder of the process. */
export class HostFilesystem implements Files {
	readonly hostOnly: HostOnlyOperations;

	constructor(private readonly names: SystemNames) {
		this.hostOnly = hostOnly(names);
	}

	async stat(path: string, kind: 'target' | 'link'): Promise<Stats> {
		return kind === 'target' ? statTarget(bytesOf(path)) : lstat(bytesOf(path));
	}

	async openFile(path: string, openMode: OpenMode): Promise<OpenedFile> {
		return openedFile(await open(bytesOf(path), flagsFor(openMode), openMode.mode ?? 0o666));
	}

	async list(path: string): Promise<Listing> {
		const folder = bytesOf(path === '' ? '.' : path);
		const names = await opendir(folder, {encoding: 'latin1'}); // Bytes are missing in the type only.
		return listingOfNames(names, name => lstat(Buffer.concat([folder, bytesOf(`/${name}`)])));
	}

	async remove(path: string): Promise<void> {
		await unlink(bytesOf(path));
	}

	async makeFolder(path: string, mode = 0o777): Promise<void> {
		await mkdir(bytesOf(path), mode);
	}

	async removeFolder(path: string): Promise<void> {
		await rmdir(bytesOf(path));
	}

	async rename(from: string, to: string): Promise<void> {
		renameUnlessExists(bytesOf(from), bytesOf(to));
	}

	async replace(from: string, to: string): Promise<void> {
		await rename(bytesOf(from), bytesOf(to));
	}

	async change(path: string, changes: AttributeChanges): Promise<void> {
		const target = bytesOf(path);
		await changeAll(changes, {
			size: size => truncate(target, size),
			mode: mode => chmod(target, mode),
			times: ({accessed, modified}) => utimes(target, accessed, modified),
			owner: ({user, group}) => chown(target, user, group),
		});
	}

	async realPath(path: string): Promise<string> {
		return realPathOf(path);
	}

	async space(path: string) {
		return statfs(bytesOf(path));
	}

	readonly ownersOf = ({uid, gid}: Stats) => [this.names.user(uid) || String(uid), this.names.group(gid) || String(gid)] as const;
}

function hostOnly(names: SystemNames): HostOnlyOperations {
	return {
		readLink: async path => readlink(bytesOf(path), {encoding: 'latin1'}),
		makeLink: async (target, path) => symlink(bytesOf(target), bytesOf(path)),
		hardLink: async (path, to) => link(bytesOf(path), bytesOf(to)),
		changeLink,
		expand: async path => realPathOf(path.replace(/^~([^/]*)/, (_, user: string) => names.home(user))),
		home: user => names.home(user),
		userName: id => names.user(id),
		groupName: id => names.group(id),
	};
}

/** Reads and writes synchronously, which is faster: this process serves one client only. */
function openedFile(handle: FileHandle): OpenedFile {
	return {
		stat: async () => handle.stat(),
		change: async changes =>
			changeAll(changes, {
				size: size => handle.truncate(size),
				mode: mode => handle.chmod(mode),
				times: ({accessed, modified}) => handle.utimes(accessed, modified),
				owner: ({user, group}) => handle.chown(user, group),
			}),
		read: async (buffer, offset) => readSync(handle.fd, buffer, 0, buffer.length, offset),
		async write(bytes, offset) {
			for (let done = 0; done < bytes.length;) {
				done += writeSync(handle.fd, bytes, done, bytes.length - done, offset + done);
			}
		},
		sync: async () => handle.sync(),
		close: async () => handle.close(),
	};
}

/** Changes a link itself. Linux has no mode for links. */
async function changeLink(path: string, changes: AttributeChanges): Promise<void> {
	const target = bytesOf(path);
	await changeAll(changes, {
		async size() {
			throw new StatusError(status.badMessage);
		},
		async mode(mode) {
			if ((await lstat(target)).isSymbolicLink()) {
				throw new StatusError(status.failure, 'A link has no mode of its own');
			}

			await chmod(target, mode);
		},
		times: ({accessed, modified}) => lutimes(target, accessed, modified),
		owner: ({user, group}) => lchown(target, user, group),
	});
}

type Change<Key extends keyof AttributeChanges> = (value: NonNullable<AttributeChanges[Key]>) => Promise<void>;
type Changes = {size: Change<'size'>; mode: Change<'mode'>; times: Change<'times'>; owner: Change<'owner'>};

/** Attempts every change and rejects with the last error, as OpenSSH does. */
async function changeAll({size, mode, times, owner}: AttributeChanges, changes: Changes): Promise<void> {
	const failures: unknown[] = [];
	const attempt = async (work: Promise<void> | undefined) => work?.catch((error: unknown) => failures.push(error));
	await attempt(size === undefined ? undefined : changes.size(size));
	await attempt(mode === undefined ? undefined : changes.mode(mode));
	await attempt(times && changes.times(times));
	await attempt(owner && changes.owner(owner));
	if (failures.length > 0) {
		throw failures.at(-1);
	}
}

function bytesOf(path: string): Buffer {
	return Buffer.from(path, 'latin1');
}

function flagsFor(openMode: OpenMode): number {
	return openFlags(openMode) | (openMode.truncate ? constants.O_TRUNC : 0);
}
