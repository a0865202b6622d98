// What the requests of a session work on. The jail (jail.ts) is what an account of the appliance gets; the whole system
// (whole-system.ts) is what `tanos sftp-server` gives to whoever could reach it anyway.
import type {Stats} from 'node:fs';
import type {AttributeChanges} from './attributes.js';
import type {Listing} from './listing.js';

/** How a file is to be opened. */
export type OpenMode = {
	read: boolean;
	write: boolean;
	append: boolean;
	create: boolean;
	exclusive: boolean;
	truncate: boolean;
	/** Permissions of a file that is made. */
	mode?: number;
};

/** A file that is open. */
export type OpenedFile = {
	stat(): Promise<Stats>;
	/** Fills a buffer from an offset on, as far as one call of the system does; resolves to the number of bytes, 0 at the end. */
	read(buffer: Buffer, offset: number): Promise<number>;
	change(changes: AttributeChanges): Promise<void>;
	/** Writes all of the bytes at an offset. */
	write(bytes: Buffer, offset: number): Promise<void>;
	/** Makes sure that it is on the disk: fsync(2). */
	sync(): Promise<void>;
	/** Closes it. `whole` says whether everything that was to be done with it has been done. */
	close(whole: boolean): Promise<void>;
};

/** The room on a file system, as statvfs(2) tells it. */
export type Space = {bsize: number; blocks: number; bfree: number; bavail: number; files: number; ffree: number};

/** Files and folders by their paths, one character a byte. All methods reject with a Refusal or with the system's error. */
export type Files = {
	/** What stands at a path. `link` shows a link itself. */
	look(path: string, kind: 'target' | 'link'): Promise<Stats>;
	openFile(path: string, openMode: OpenMode): Promise<OpenedFile>;
	list(path: string): Promise<Listing>;
	/** Removes whatever is no folder. */
	remove(path: string): Promise<void>;
	makeFolder(path: string, mode?: number): Promise<void>;
	removeFolder(path: string): Promise<void>;
	/** Gives a file or folder another name, and fails when that is taken. */
	rename(from: string, to: string): Promise<void>;
	/** Gives a file or folder another name, in place of what may have had it: rename(2). */
	replace(from: string, to: string): Promise<void>;
	change(path: string, changes: AttributeChanges): Promise<void>;
	/** The absolute form of a path. */
	realPath(path: string): Promise<string>;
	space(path: string): Promise<Space>;
	/** The names of a file's owner and group, as a listing shows them. */
	ownersOf(stats: Stats): readonly [user: string, group: string];
	/** Absent where there is nothing beyond the above. */
	hostOnly?: HostOnlyOperations;
};

/** What only the whole system has. */
export type HostOnlyOperations = {
	readLink(path: string): Promise<string>;
	makeLink(target: string, path: string): Promise<void>;
	/** Gives a file a second name. */
	hardLink(path: string, to: string): Promise<void>;
	/** As change(), but a link itself is changed. */
	changeLink(path: string, changes: AttributeChanges): Promise<void>;
	/** A path in which `~` and `~user` stand for the homes of users, in its absolute form. */
	expand(path: string): Promise<string>;
	/** The home of a user; of the calling one without a name. */
	home(user: string): string;
	/** A user's and a group's name, empty when there is none. */
	userName(id: number): string;
	groupName(id: number): string;
};
