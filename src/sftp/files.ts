// The file system that a session works on. Accounts of the appliance get the jail (jail/jail.ts). `tanos sftp-server` gives
// the host's own (host/host-filesystem.ts) to a user who has access to it anyway.
import {constants, type Stats} from 'node:fs';
import type {AttributeChanges} from './attributes.js';
import type {Listing} from './listing.js';

/** How to open a file: the flags of OPEN. */
export type OpenMode = {
	read: boolean;
	write: boolean;
	append: boolean;
	create: boolean;
	exclusive: boolean;
	truncate: boolean;
	/** Permissions of a new file. */
	mode?: number;
};

/** The flags of open(2) that every file system uses for a mode; truncation is up to each of them. */
export function openFlags({read, write, append, create, exclusive}: OpenMode): number {
	const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
	return (
		access | (append ? constants.O_APPEND : 0) | (create ? constants.O_CREAT : 0) | (exclusive ? constants.O_EXCL : 0) | constants.O_NOCTTY
	);
}

/** An open file. */
export type OpenedFile = {
	stat(): Promise<Stats>;
	/** Reads into `buffer` once, as pread(2). Resolves with the number of bytes, 0 at the end. */
	read(buffer: Buffer, offset: number): Promise<number>;
	change(changes: AttributeChanges): Promise<void>;
	/** Writes all bytes at an offset. */
	write(bytes: Buffer, offset: number): Promise<void>;
	/** Flushes the file to disk: fsync(2). */
	sync(): Promise<void>;
	/** Closes the file. `complete` says that the client closed it, and that no read or write failed. */
	close(complete: boolean): Promise<void>;
};

/** The space on a file system, as statvfs(2) reports it. */
export type Space = {bsize: number; blocks: number; bfree: number; bavail: number; files: number; ffree: number};

/** Files and folders by path, one character for each byte. All methods reject with a StatusError or a system error. */
export type Files = {
	/** The attributes of a path: stat(2), or lstat(2) for `link`. */
	stat(path: string, kind: 'target' | 'link'): Promise<Stats>;
	openFile(path: string, openMode: OpenMode): Promise<OpenedFile>;
	list(path: string): Promise<Listing>;
	/** Removes anything but a folder. */
	remove(path: string): Promise<void>;
	makeFolder(path: string, mode?: number): Promise<void>;
	removeFolder(path: string): Promise<void>;
	/** Renames a file or folder; fails when the new name exists. */
	rename(from: string, to: string): Promise<void>;
	/** Renames a file or folder and replaces what has the new name: rename(2). */
	replace(from: string, to: string): Promise<void>;
	change(path: string, changes: AttributeChanges): Promise<void>;
	/** The absolute form of a path. */
	realPath(path: string): Promise<string>;
	space(path: string): Promise<Space>;
	/** The owner and group of a file, as listings show them. */
	ownersOf(stats: Stats): readonly [user: string, group: string];
	/** Present for the host's own file system only. */
	hostOnly?: HostOnlyOperations;
};

/** Operations that only the host's own file system has. */
export type HostOnlyOperations = {
	readLink(path: string): Promise<string>;
	makeLink(target: string, path: string): Promise<void>;
	/** Makes a hard link. */
	hardLink(path: string, to: string): Promise<void>;
	/** As change(), without following a link. */
	changeLink(path: string, changes: AttributeChanges): Promise<void>;
	/** The absolute form of a path that may begin with `~` or `~user`. */
	expand(path: string): Promise<string>;
	/** The home of a user; of the calling user for an empty name. */
	home(user: string): string;
	/** The name of a user or group, empty when there is none. */
	userName(id: number): string;
	groupName(id: number): string;
};
