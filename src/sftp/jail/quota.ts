// Limits what a folder holds, so that an SFTP account cannot fill the disk. Sizes count as listings show them: holes in a
// sparse file may be filled later.
import {fstatSync, type Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import {hasCode} from '../../problem.js';
import type {Space} from '../files.js';
import {type Folder, itself, openFolder, openWithin, within} from './openat.js';
import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';

export type QuotaLimits = {
	/** Bytes of all files together. */
	bytes: number;
	/** Bytes of one file. */
	fileBytes: number;
	/** Files and folders. */
	entries: number;
};

type Amount = {bytes: number; entries: number};

const megabyte = 1024 * 1024;
const block = 4096;

export class Quota {
	/** At least what the folder holds: removals are not subtracted before the next count. */
	#used: Amount | undefined;
	/** What is being added right now, which a count may or may not see. */
	readonly #inProgress: Amount = {bytes: 0, entries: 0};
	/** What was being added while the present count runs. */
	#unseen: Amount = {bytes: 0, entries: 0};
	#counting: Promise<Amount> | undefined;

	/** Descriptors of open files: a removed file takes space until it is closed. */
	readonly #open = new Set<number>();

	constructor(
		private readonly folder: string,
		private readonly limits: QuotaLimits,
	) {}

	/** Adds the descriptor of a file in the folder. */
	opened(fd: number): void {
		this.#open.add(fd);
	}

	/** To be called before the descriptor is closed. */
	closed(fd: number): void {
		this.#open.delete(fd);
	}

	/** Runs `work`, which adds `more` and leaves a file of `end` bytes. Rejects with a StatusError when a limit would be exceeded. */
	async growing<Result>(end: number, more: Amount, work: () => Promise<Result>): Promise<Result> {
		if (end > this.limits.fileBytes) {
			throw new StatusError(status.failure, `A file may have at most ${formatBytes(this.limits.fileBytes)}`);
		}

		if (!this.#hasRoomFor(more)) {
			await this.#count();
		}

		this.#take(more);
		try {
			return await work();
		} finally {
			add(this.#inProgress, {bytes: -more.bytes, entries: -more.entries});
		}
	}

	/** The space left under the quota, or on the disk when that is less. */
	async space({bavail, bsize, ffree}: Space): Promise<Space> {
		const used = await this.#count();
		const free = Math.max(0, Math.min(this.limits.bytes - used.bytes, bavail * bsize));
		const entries = Math.max(0, Math.min(this.limits.entries - used.entries, ffree));
		const blocks = Math.floor(free / block);
		return {
			bsize: block,
			blocks: Math.ceil(used.bytes / block) + blocks,
			bfree: blocks,
			bavail: blocks,
			files: used.entries + entries,
			ffree: entries,
		};
	}

	#hasRoomFor({bytes, entries}: Amount): boolean {
		return this.#used !== undefined && this.#used.bytes + bytes <= this.limits.bytes && this.#used.entries + entries <= this.limits.entries;
	}

	#take(more: Amount): void {
		if (!this.#hasRoomFor(more)) {
			const {bytes, entries} = this.limits;
			throw new StatusError(status.failure, `Quota exceeded: the folder may hold ${formatBytes(bytes)} in ${entries} files and folders`);
		}

		for (const amount of [this.#used!, this.#unseen, this.#inProgress]) {
			add(amount, more);
		}
	}

	/** Counts again, once for all concurrent callers. */
	async #count(): Promise<Amount> {
		this.#counting ??= this.#countAll().finally(() => {
			this.#counting = undefined;
		});
		return this.#counting;
	}

	async #countAll(): Promise<Amount> {
		this.#unseen = {...this.#inProgress};
		const found = {bytes: 0, entries: 0};
		using folder = openFolder(this.folder, []);
		await addFolder(found, folder, this.limits.entries);
		for (const {size} of this.#removed()) {
			add(found, {bytes: size, entries: 1});
		}

		add(found, this.#unseen);
		this.#used = found;
		return found;
	}
	/** The files that are open but removed, each once. */
	#removed(): Stats[] {
		const stats = [...this.#open].map(fd => fstatSync(fd)).filter(({nlink}) => nlink === 0);
		return [...new Map(stats.map(found => [found.ino, found])).values()];
	}
}

function formatBytes(bytes: number): string {
	return bytes < megabyte ? `${bytes / 1024} kB` : `${bytes / megabyte} MB`;
}

function add(amount: Amount, {bytes, entries}: Amount): void {
	amount.bytes += bytes;
	amount.entries += entries;
}

/** Adds what a folder holds, up to a limit of entries. Files that vanish meanwhile do not count. */
async function addFolder(found: Amount, folder: Folder, maxEntries: number): Promise<void> {
	for (const name of await readdir(itself(folder), 'latin1')) {
		if (found.entries > maxEntries) {
			return;
		}

		try {
			const stats = await lstat(within(folder, name));
			add(found, {bytes: stats.isFile() ? stats.size : 0, entries: 1});
			if (stats.isDirectory()) {
				using inner = openWithin(folder, name);
				await addFolder(found, inner, maxEntries);
			}
		} catch (error) {
			if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) {
				throw error;
			}
		}
	}
}
