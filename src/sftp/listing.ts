import type {Dir, Stats} from 'node:fs';
import {ifPresent} from '../if-present.js';
import type {Entry} from './attributes.js';
import {limits} from './protocol.js';

/** An open folder that is read in parts. */
export type Listing = {
	/** The next entries; none at the end. */
	next(): Promise<Entry[]>;
	close(): Promise<void>;
};

/** Lists an open folder, and closes it with the listing. `stat` gives the attributes of a name in it. */
export function listingOfNames(names: Dir, stat: (name: string) => Promise<Stats>): Listing {
	return {
		next: () => nextEntries(names, stat),
		close: () => names.close(),
	};
}

/** A listing of given entries. */
export function listingOfEntries(entries: Entry[]): Listing {
	return {
		next: async () => entries.splice(0),
		async close() {},
	};
}

async function nextEntries(names: Dir, stat: (name: string) => Promise<Stats>): Promise<Entry[]> {
	const entries: Entry[] = [];
	while (entries.length < limits.names) {
		const found = await names.read();
		if (!found) {
			break;
		}

		const stats = await unlessGone(stat(found.name));
		if (stats) {
			entries.push({name: found.name, stats});
		}
	}

	return entries;
}

/** The attributes; undefined when the file has vanished meanwhile. */
async function unlessGone(stats: Promise<Stats>): Promise<Stats | undefined> {
	return ifPresent(async () => stats);
}
