import type {OpenedFile} from './files.js';
import type {Listing} from './listing.js';
import {type SftpObserver, decodePath} from './observer.js';
import {limits, status} from './protocol.js';
import {StatusError} from './status-error.js';
import {uint32} from '../ssh-keys/wire.js';

/** An open file of a client. */
export type OpenFile = {
	kind: 'file';
	path: string;
	opened: OpenedFile;
	/** Whether it was opened for writing. */
	upload: boolean;
	/** Bytes read or written so far. */
	bytes: number;
	/** Whether a read or write failed. */
	failed: boolean;
};

export type OpenFolder = {kind: 'folder'; listing: Listing};

/** The open files and folders of one session. Handles are numbers that are never reused. */
export class Handles {
	readonly #open = new Map<number, OpenFile | OpenFolder>();
	#last = 0;

	constructor(private readonly observe: SftpObserver) {}

	/** Throws a StatusError when the session has too many open. To be called before opening. */
	assertNotFull(): void {
		if (this.#open.size >= limits.handles) {
			throw new StatusError(status.failure, 'Too many open handles');
		}
	}

	/** Adds an open file or folder, and returns its handle. */
	add(opened: OpenFile | OpenFolder): Buffer {
		this.#open.set(++this.#last, opened);
		return uint32(this.#last);
	}

	file(handle: Buffer): OpenFile {
		const opened = this.#at(handle);
		if (opened.kind !== 'file') {
			throw new StatusError(status.failure, 'Not the handle of a file');
		}

		return opened;
	}

	folder(handle: Buffer): OpenFolder {
		const opened = this.#at(handle);
		if (opened.kind !== 'folder') {
			throw new StatusError(status.failure, 'Not the handle of a folder');
		}

		return opened;
	}

	async close(handle: Buffer): Promise<void> {
		const opened = this.#at(handle);
		this.#open.delete(handle.readUInt32BE());
		await this.#closeOne(opened, 'completed');
	}

	/** Closes what the client left open. */
	async closeAll(): Promise<void> {
		const left = [...this.#open.values()];
		this.#open.clear();
		const failures: unknown[] = [];
		for (const opened of left) {
			await this.#closeOne(opened, 'interrupted').catch((error: unknown) => failures.push(error));
		}

		if (failures.length > 0) {
			throw failures[0];
		}
	}

	#at(handle: Buffer): OpenFile | OpenFolder {
		const opened = handle.length === 4 ? this.#open.get(handle.readUInt32BE()) : undefined;
		if (!opened) {
			throw new StatusError(status.failure, 'No such handle');
		}

		return opened;
	}

	async #closeOne(open: OpenFile | OpenFolder, end: 'completed' | 'interrupted'): Promise<void> {
		if (open.kind === 'folder') {
			return open.listing.close();
		}

		const {opened, path, bytes, upload} = open;
		let result: string = open.failed ? 'failed' : end;
		try {
			await opened.close(result === 'completed');
		} catch (error) {
			result = 'failed';
			throw error;
		} finally {
			await this.observe({event: upload ? 'sftp-upload' : 'sftp-download', path: decodePath(path), bytes, result});
		}
	}
}
