// A file of the jail that is open: what a client reads from it and changes in it. What takes the system a few microseconds is
// done at once: through another thread it would take ten times as long, and a small file is nothing but such work. What may take
// the disk's time (reading, writing much, emptying, syncing) goes through another thread, so that no other session waits.
import {closeSync, fstatSync, fsync, read, type Stats, write, writeSync} from 'node:fs';
import {chmod, truncate, utimes} from 'node:fs/promises';
import {promisify} from 'node:util';
import {isIncomplete, incompleteMark} from '../../appliance/upload-incomplete.js';
import type {AttributeChanges} from '../attributes.js';
import type {OpenedFile} from '../files.js';
import {itself} from './openat.js';
import {refuseUnlessChangeable, type Share} from './path-mapping.js';
import {status} from '../protocol.js';
import {StatusError} from '../status-error.js';
import type {Upload} from './incomplete-uploads.js';

export type JailedFile = {
	fd: number;
	share: Share;
	/** Whether writes go to the end, whatever offset they name. */
	append: boolean;
	/** Absent when it is only read. */
	upload: Upload | undefined;
};

/** Up to here a write is a copy into the system's memory that takes less than waking another thread does. */
const little = 64 * 1024;

const later = {read: promisify(read), write: promisify(write), sync: promisify(fsync)};

export function openedFile(file: JailedFile): OpenedFile {
	const {fd, share, upload} = file;
	return {
		stat: async () => shown(fstatSync(fd)),
		read: async (buffer, offset) => (await later.read(fd, buffer, 0, buffer.length, offset)).bytesRead,
		async change(changes) {
			refuseUnlessChangeable(share);
			await changeOpen(fd, share, changes);
		},
		write: async (bytes, offset) => writeWithin(file, bytes, offset),
		sync: async () => later.sync(fd),
		async close(whole) {
			try {
				upload?.end(whole);
			} finally {
				closeSync(fd);
			}
		},
	};
}

async function writeWithin({fd, share, append, upload}: JailedFile, bytes: Buffer, offset: number): Promise<void> {
	upload?.change();
	const {size} = fstatSync(fd);
	await growing(share, size, (append ? size : offset) + bytes.length, async () => {
		for (let done = 0; done < bytes.length;) {
			const [rest, at] = [bytes.length - done, offset + done];
			done += rest <= little ? writeSync(fd, bytes, done, rest, at) : (await later.write(fd, bytes, done, rest, at)).bytesWritten;
		}
	});
}

/** Does something after which a file is as long as `end`, or longer, if there is room. */
async function growing(share: Share, size: number, end: number, work: () => Promise<void>): Promise<void> {
	return end > size && share.quota ? share.quota.growing(end, {bytes: end - size, entries: 0}, work) : work();
}

/** Changes a file or folder through its descriptor. The owner can only be "changed" to what it is. */
export async function changeOpen(fd: number, share: Share, {size, owner, mode, times}: AttributeChanges): Promise<void> {
	const stats = fstatSync(fd);
	if (!stats.isDirectory()) {
		refuseUnlessPlain(stats);
	}

	if (owner && (owner.user !== stats.uid || owner.group !== stats.gid)) {
		throw new StatusError(status.permissionDenied);
	}

	if (size !== undefined) {
		await growing(share, stats.size, size, async () => truncate(itself({fd}), size));
	}

	if (mode !== undefined) {
		await chmod(itself({fd}), (mode & 0o777) | (isIncomplete(stats) ? incompleteMark : 0));
	}

	if (times) {
		await utimes(itself({fd}), times.accessed, times.modified);
	}
}

export function refuseUnlessPlain(stats: Stats): void {
	if (!stats.isFile()) {
		throw new StatusError(status.failure, 'Not a regular file');
	}

	if (stats.nlink > 1) {
		throw new StatusError(status.permissionDenied, 'The file has a second name');
	}
}

/** What a client sees of a file: not whether it is unfinished. */
export function shown(stats: Stats): Stats {
	if (isIncomplete(stats)) {
		stats.mode &= ~incompleteMark;
	}

	return stats;
}
