import {link, lstat, rename, unlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {status} from './protocol.js';
import {StatusError} from './status-error.js';

/** Version 3's own rename: fails when the new name exists. */
export async function renameUnlessExists(source: Buffer, target: Buffer): Promise<void> {
	if ((await lstat(source)).isFile()) {
		await link(source, target); // Unlike rename(2) it never replaces anything.
		await unlink(source);
	} else if (await ifPresent(async () => lstat(target))) {
		throw new StatusError(status.failure, 'The new name already exists');
	} else {
		await rename(source, target);
	}
}
