// How much a folder may hold, so that nobody who copies files can fill the appliance's disk. Sizes are counted as listings show
// them: a file that is long but full of holes may be filled later.
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
	/** Never less than what is there, as long as only this server adds to it: what is removed is not subtracted until it matters. */
	#used: Amount | undefined;
	/** What is being added right now, and may or may not be seen by who counts. */
	readonly #underWay: Amount = {bytes: 0, entries: 0};
	/** What was or became under way while a count runs. */
	#unseen: Amount = {bytes: 0, entries: 0};
	#counting: Promise<Amount> | undefined;

	constructor(private readonly folder: string, private readonly limits: QuotaLimits) {}

	/** Does work that adds this much, after which a file is `end` bytes long, or refuses. */
	async growing<Result>(end: number, more: Amount, work: () => Promise<Result>): Promise<Result> {
		if (end > this.limits.fileBytes) {
			throw new StatusError(status.failure, `A file here may have at most ${inWords(this.limits.fileBytes)}`);
		}

		if (!this.#hasRoomFor(more)) {
			await this.#count();
		}

		this.#take(more);
		try {
			return await work();
		} finally {
			add(this.#underWay, {bytes: -more.bytes, entries: -more.entries});
		}
	}

	/** The room that is left, of which the disk may have less. */
	async space({bavail, bsize, ffree}: Space): Promise<Space> {
		const used = await this.#count();
		const free = Math.max(0, Math.min(this.limits.bytes - used.bytes, bavail * bsize));
		const entries = Math.max(0, Math.min(this.limits.entries - used.entries, ffree));
		const blocks = Math.floor(free / block);
		return {bsize: block, blocks: Math.ceil(used.bytes / block) + blocks, bfree: blocks, bavail: blocks, files: used.entries + entries, ffree: entries};
	}

	#hasRoomFor({bytes, entries}: Amount): boolean {
		return this.#used !== undefined && this.#used.bytes + bytes <= this.limits.bytes && this.#used.entries + entries <= this.limits.entries;
	}

	#take(more: Amount): void {
		if (!this.#hasRoomFor(more)) {
			const {bytes, entries} = this.limits;
			throw new StatusError(status.failure, `There is no room: the folder holds at most ${inWords(bytes)} in ${entries} files and folders`);
		}

		for (const amount of [this.#used!, this.#unseen, this.#underWay]) {
			add(amount, more);
		}
	}

	/** Counts anew, once for all who ask at the same time. */
	async #count(): Promise<Amount> {
		this.#counting ??= this.#countAll().finally(() => {
			this.#counting = undefined;
		});
		return this.#counting;
	}

	async #countAll(): Promise<Amount> {
		this.#unseen = {...this.#underWay};
		const found = {bytes: 0, entries: 0};
		using folder = openFolder(this.folder, []);
		await addFolder(found, folder, this.limits.entries);
		add(found, this.#unseen);
		this.#used = found;
		return found;
	}
}

function inWords(bytes: number): string {
	return bytes < megabyte ? `${bytes / 1024} kB` : `${bytes / megabyte} MB`;
}

function add(amount: Amount, {bytes, entries}: Amount): void {
	amount.bytes += bytes;
	amount.entries += entries;
}

/** Adds what a folder holds, until there are more entries than matter. What vanishes meanwhile does not count. */
async function addFolder(found: Amount, folder: Folder, most: number): Promise<void> {
	for (const name of await readdir(itself(folder), 'latin1')) {
		if (found.entries > most) {
			return;
		}

		try {
			const stats = await lstat(within(folder, name));
			add(found, {bytes: stats.isFile() ? stats.size : 0, entries: 1});
			if (stats.isDirectory()) {
				using inner = openWithin(folder, name);
				await addFolder(found, inner, most);
			}
		} catch (error) {
			if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) {
				throw error;
			}
		}
	}
}
