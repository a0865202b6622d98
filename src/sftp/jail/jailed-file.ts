// An open file in the jail. Calls that take a few microseconds are synchronous: through the thread pool they take ten times as
// long, and small files consist of nothing else. Calls that may wait for the disk (reading, large writes, truncating, syncing) use
// the thread pool, so that no other session waits for them.
import {closeSync, fstatSync, fsync, ftruncate, read, type Stats, write, writeSync} from 'node:fs';
import {chmod, truncate, utimes} from 'node:fs/promises';
import {promisify} from 'node:util';
import {isIncomplete, incompleteMark} from '../../appliance/upload-incomplete.js';
import {hasCode} from '../../problem.js';
import type {AttributeChanges} from '../attributes.js';
import type {OpenedFile} from '../files.js';
import {itself} from './openat.js';
import {assertWritable, type Share} from './path-mapping.js';
import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';
import type {Upload} from './incomplete-uploads.js';

export type JailedFile = {
	fd: number;
	share: Share;
	/** Whether it is open for writing. */
	writable: boolean;
	/** Whether writes go to the end of the file, as with O_APPEND. */
	append: boolean;
	/** Absent for a file that is open for reading only. */
	upload: Upload | undefined;
};

/** A write of up to this size is a copy into the page cache, which takes less than waking a thread. */
const maxSyncWriteBytes = 64 * 1024;

const inThreadPool = {read: promisify(read), write: promisify(write), sync: promisify(fsync), resize: promisify(ftruncate)};

export function openedFile(file: JailedFile): OpenedFile {
	file.share.quota?.opened(file.fd);
	const {fd, share, writable, upload} = file;
	return {
		stat: async () => withoutMark(fstatSync(fd)),
		read: async (buffer, offset) => (await inThreadPool.read(fd, buffer, 0, buffer.length, offset)).bytesRead,
		async change(changes) {
			assertWritable(share);
			if (changes.size !== undefined && !writable) {
				throw new StatusError(status.permissionDenied, 'The file is not open for writing');
			}

			await changeOpen(fd, share, changes);
		},
		write: async (bytes, offset) => writeWithinQuota(file, bytes, offset),
		sync: async () => inThreadPool.sync(fd),
		async close(complete) {
			try {
				upload?.end(complete);
			} finally {
				share.quota?.closed(fd);
				closeSync(fd);
			}
		},
	};
}

async function writeWithinQuota({fd, share, append, upload}: JailedFile, bytes: Buffer, offset: number): Promise<void> {
	upload?.change();
	const {size} = fstatSync(fd);
	await growing(share, size, (append ? size : offset) + bytes.length, async () => {
		for (let done = 0; done < bytes.length;) {
			const [rest, at] = [bytes.length - done, offset + done];
			done +=
				rest <= maxSyncWriteBytes
					? writeSync(fd, bytes, done, rest, at)
					: (await inThreadPool.write(fd, bytes, done, rest, at)).bytesWritten;
		}
	});
}

/** Runs `work`, which may extend a file to `end` bytes, within the quota. */
async function growing(share: Share, size: number, end: number, work: () => Promise<void>): Promise<void> {
	return end > size && share.quota ? share.quota.growing(end, {bytes: end - size, entries: 0}, work) : work();
}

/** Changes a file or folder through its descriptor. An owner is accepted only if it is the present one. */
export async function changeOpen(fd: number, share: Share, {size, owner, mode, times}: AttributeChanges): Promise<void> {
	const stats = fstatSync(fd);
	if (!stats.isDirectory()) {
		assertRegularFile(stats);
	}

	if (owner && (owner.user !== stats.uid || owner.group !== stats.gid)) {
		throw new StatusError(status.permissionDenied);
	}

	if (size !== undefined) {
		await growing(share, stats.size, size, async () => resize(fd, size));
	}

	if (mode !== undefined) {
		await chmod(itself({fd}), (mode & 0o777) | (isIncomplete(stats) ? incompleteMark : 0));
	}

	if (times) {
		await utimes(itself({fd}), times.accessed, times.modified);
	}
}

/** Truncates or extends a file. A descriptor that is open for writing may do so whatever the mode of the file is by now. */
export async function resize(fd: number, size: number): Promise<void> {
	try {
		await inThreadPool.resize(fd, size);
	} catch (error) {
		if (!hasCode(error, 'EBADF', 'EINVAL')) {
			throw error;
		}

		await truncate(itself({fd}), size); // It is not open for writing.
	}
}

export function assertRegularFile(stats: Stats): void {
	if (!stats.isFile()) {
		throw new StatusError(status.failure, 'Not a regular file');
	}

	if (stats.nlink > 1) {
		throw new StatusError(status.permissionDenied, 'The file has more than one hard link');
	}
}

/** Attributes as clients see them: without the mark of an incomplete upload. */
export function withoutMark(stats: Stats): Stats {
	if (isIncomplete(stats)) {
		stats.mode &= ~incompleteMark;
	}

	return stats;
}
