import {link, lstat, rename, unlink} from 'node:fs/promises';
import {hasCode} from '../problem.js';
import {status} from './protocol.js';
import {StatusError} from './status-error.js';

/** Version 3's own rename: fails when the new name exists. */
export async function renameUnlessExists(source: Buffer, target: Buffer): Promise<void> {
	if ((await lstat(source)).isFile()) {
		await link(source, target); // Unlike rename(2) it never replaces anything.
		await unlink(source);
	} else if (await isAbsent(target)) {
		await rename(source, target);
	} else {
		throw new StatusError(status.failure, 'The new name exists already');
	}
}

async function isAbsent(path: Buffer): Promise<boolean> {
	try {
		await lstat(path);
		return false;
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return true;
		}

		throw error;
	}
}
