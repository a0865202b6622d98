import type {Dir, Stats} from 'node:fs';
import {type FileHandle, lstat, opendir} from 'node:fs/promises';
import {hasCode} from '../../problem.js';
import type {Entry} from './attributes.js';
import {itself, within} from './folder-walk.js';
import {limits} from './protocol.js';

/** An open folder that is read part by part. */
export type Listing = {
	/** The next entries; none at the end. */
	next(): Promise<Entry[]>;
	close(): Promise<void>;
};

/** Reads an open folder, and closes it with the listing. */
export async function listingOf(folder: FileHandle): Promise<Listing> {
	let names: Dir;
	try {
		names = await opendir(itself(folder), {encoding: 'latin1', bufferSize: limits.names});
	} catch (error) {
		await folder.close();
		throw error;
	}

	return {
		next: () => nextEntries(names, folder),
		async close() {
			await names.close();
			await folder.close();
		},
	};
}

/** A listing of entries that are known. */
export function listingOfEntries(entries: Entry[]): Listing {
	return {
		next: async () => entries.splice(0),
		async close() {},
	};
}

async function nextEntries(names: Dir, folder: FileHandle): Promise<Entry[]> {
	const entries: Entry[] = [];
	while (entries.length < limits.names) {
		const found = await names.read();
		if (!found) {
			break;
		}

		const stats = await lookAt(folder, found.name);
		if (stats) {
			entries.push({name: found.name, stats});
		}
	}

	return entries;
}

/** What a name in a folder stands for, or undefined when it has gone meanwhile. */
async function lookAt(folder: FileHandle, name: string): Promise<Stats | undefined> {
	try {
		return await lstat(within(folder, name));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return undefined;
		}

		throw error;
	}
}
