// What a path of a client means. The root shows the shares and nothing else; everything in it is decided here, by text,
// before a file is touched. `..` is resolved by text as well: no link is ever followed, so text and folders agree.
import {limits, status} from '../protocol.js';
import type {Quota} from './quota.js';
import {StatusError} from '../status-error.js';

/** A folder that clients see in the root. */
export type Share = {
	name: string;
	/** Where it is on this machine. */
	folder: string;
	/** `all`, or only reading and removing files. */
	allows: 'all' | 'read-and-remove';
	/** How much it may hold; without one, whatever the disk holds. */
	quota?: Quota;
};

/** Something in a share. */
export type PathMapping = {
	share: Share;
	/** The folders on the way, from the share. */
	folders: string[];
	name: string;
};

/** The parts of a path without `.`, `..` and empty ones. Relative paths start in the root. */
export function partsOf(path: string): string[] {
	if (path.length > limits.path) {
		throw new StatusError(status.badMessage, 'The path is too long');
	}

	if (path.includes('\0')) {
		throw new StatusError(status.failure, 'That is no path');
	}

	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') {
			parts.pop();
		} else if (part !== '' && part !== '.') {
			parts.push(part);
		}
	}

	return parts;
}

/** The share that a path leads into, and the parts behind it; undefined for the root. */
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

/** The root and the shares themselves: they can be neither made, removed, renamed nor changed. */
export function isFixed(shares: readonly Share[], path: string): boolean {
	const parts = partsOf(path);
	return parts.length === 0 || (parts.length === 1 && shares.some(({name}) => name === parts[0]));
}

/** The place of something that may be changed or opened as a file. Refuses whatever stands in the root. */
export function mapPath(shares: readonly Share[], path: string): PathMapping {
	const parts = partsOf(path);
	if (parts.length < 2) {
		throw new StatusError(status.permissionDenied, 'The top level cannot be changed');
	}

	const {share} = shareOf(shares, path)!;
	return {share, folders: parts.slice(1, -1), name: parts.at(-1)!};
}

/** As placeOf, in a share where everything is allowed. */
export function mapWritablePath(shares: readonly Share[], path: string): PathMapping {
	const place = mapPath(shares, path);
	refuseUnlessChangeable(place.share);
	return place;
}

export function refuseUnlessChangeable({allows, name}: Share): void {
	if (allows !== 'all') {
		throw new StatusError(status.permissionDenied, `/${name} is for reading and removing files`);
	}
}
