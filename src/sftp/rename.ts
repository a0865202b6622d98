import {linkSync, lstatSync, renameSync, unlinkSync} from 'node:fs';
import {hasCode} from '../problem.js';
import {status} from './protocol.js';
import {StatusError} from './status-error.js';

/**
 * Version 3's own rename: fails when the new name exists. It is synchronous, so that two sessions of this process that rename one file
 * leave it with one name. Throws a StatusError or a system error.
 */
export function renameUnlessExists(source: Buffer, target: Buffer): void {
	if (lstatSync(source).isFile()) {
		linkSync(source, target); // Unlike rename(2) it never replaces anything.
		unlinkAfterLink(source, target);
	} else if (lstatSync(target, {throwIfNoEntry: false})) {
		throw new StatusError(status.failure, 'The new name already exists');
	} else {
		renameSync(source, target);
	}
}

/** Removes the old name. If another process has renamed or removed it meanwhile, that counts, and the new name is removed. */
function unlinkAfterLink(source: Buffer, target: Buffer): void {
	try {
		unlinkSync(source);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			unlinkSync(target);
		}

		throw error;
	}
}
