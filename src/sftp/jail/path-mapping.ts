// Maps a client's path to a share. The root holds the shares and nothing else. All of this is decided from the text, before
// a file is touched. `..` is resolved textually, too: no link is ever followed, so text and folders agree.
import {limits, status} from '../protocol.js';
import type {Quota} from './quota.js';
import {StatusError} from '../status-error.js';

/** A folder that clients see in the root. */
export type Share = {
	name: string;
	/** Its path on this machine. */
	folder: string;
	/** `all`, or reading and removing files only. */
	allows: 'all' | 'read-and-remove';
	/** How much it may hold; unlimited when absent. */
	quota?: Quota;
};

/** The location of a file in a share. */
export type PathMapping = {
	share: Share;
	/** The folders between the share and the file. */
	folders: string[];
	name: string;
};

/** The parts of a path without `.`, `..` and empty ones. Relative paths start in the root. */
export function partsOf(path: string): string[] {
	if (path.length > limits.path) {
		throw new StatusError(status.badMessage, 'The path is too long');
	}

	if (path.includes('\0')) {
		throw new StatusError(status.failure, 'A path cannot contain NUL');
	}

	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') {
			parts.pop();
		} else if (part !== '' && part !== '.') {
			parts.push(part);
		}
	}

	if (parts.length > limits.depth) {
		throw new StatusError(status.badMessage, 'The path has too many folders');
	}

	return parts;
}

/** The share of a path, and the rest of the path; undefined for the root. */
export function shareOf(shares: readonly Share[], path: string): {share: Share; rest: string[]} | undefined {
	const [first, ...rest] = partsOf(path);
	if (first === undefined) {
		return undefined;
	}

	const share = shares.find(({name}) => name === first);
	if (!share) {
		throw new StatusError(status.noSuchFile);
	}

	return {share, rest};
}

/** Whether a path is the root or a share, which cannot be made, removed, renamed or changed. */
export function isFixed(shares: readonly Share[], path: string): boolean {
	const parts = partsOf(path);
	return parts.length === 0 || (parts.length === 1 && shares.some(({name}) => name === parts[0]));
}

/** Maps a path that is not in the root. Throws a StatusError for the root and its entries. */
export function mapPath(shares: readonly Share[], path: string): PathMapping {
	const parts = partsOf(path);
	if (parts.length < 2) {
		throw new StatusError(status.permissionDenied, 'The top level cannot be changed');
	}

	const {share} = shareOf(shares, path)!;
	return {share, folders: parts.slice(1, -1), name: parts.at(-1)!};
}

/** As mapPath(), for a share that may be changed. */
export function mapWritablePath(shares: readonly Share[], path: string): PathMapping {
	const mapping = mapPath(shares, path);
	assertWritable(mapping.share);
	return mapping;
}

export function assertWritable({allows, name}: Share): void {
	if (allows !== 'all') {
		throw new StatusError(status.permissionDenied, `/${name} is for reading and removing files`);
	}
}
