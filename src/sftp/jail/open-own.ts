import {chmodSync, constants, fstatSync, openSync, type Stats} from 'node:fs';
import process from 'node:process';
import {hasCode} from '../../problem.js';
import {itself, openPath} from './openat.js';

const ownerWrites = 0o200;

/**
 * open(2), also for writing to a read-only file of the account's own, which keeps its mode.
 *
 * `scp -p` and `sftp put -p` upload a key with the mode of the original, often 0400, and the next upload of that key opens the same
 * file. Under OpenSSH that is refused, unless its account is root, and an operator who replaces a certificate every few months has to
 * delete the file first. The account could do that, or could change the mode, so this gives nothing that it does not have. A file of
 * another user, one with another hard link and anything but a regular file stay refused.
 */
export function openOwn(path: Buffer, flags: number, mode: number): number {
	try {
		return openSync(path, flags, mode);
	} catch (error) {
		if (!hasCode(error, 'EACCES') || (flags & (constants.O_WRONLY | constants.O_RDWR)) === 0) {
			throw error;
		}

		using file = openPath(path);
		const stats = fstatSync(file.fd);
		if (!isOwnAndReadOnly(stats)) {
			throw error;
		}

		return openingWritable(itself(file), stats, flags);
	}
}

function isOwnAndReadOnly(stats: Stats): boolean {
	return stats.isFile() && stats.nlink === 1 && stats.uid === process.geteuid?.() && (stats.mode & ownerWrites) === 0;
}

/** The mode is back before anything is written: an open descriptor does not need it. */
function openingWritable(path: string, {mode}: Stats, flags: number): number {
	chmodSync(path, (mode & 0o7777) | ownerWrites);
	try {
		return openSync(path, flags & ~(constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW));
	} finally {
		chmodSync(path, mode & 0o7777);
	}
}
