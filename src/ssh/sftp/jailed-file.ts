// A file of the jail that is open: what a client reads from it and changes in it.
import {fstatSync, type Stats} from 'node:fs';
import {chmod, type FileHandle, truncate, utimes} from 'node:fs/promises';
import {isUnfinished, unfinished} from '../../appliance/unfinished.js';
import type {Wishes} from './attributes.js';
import type {OpenedFile} from './files.js';
import {itself} from './folder-walk.js';
import {refuseUnlessChangeable, type Share} from './place.js';
import {status} from './protocol.js';
import {Refusal} from './refusal.js';
import type {Upload} from './uploads.js';

export type JailedFile = {
	handle: FileHandle;
	share: Share;
	/** Whether writes go to the end, whatever offset they name. */
	append: boolean;
	/** Absent when it is only read. */
	upload: Upload | undefined;
};

export function openedFile(file: JailedFile): OpenedFile {
	const {handle, share, upload} = file;
	return {
		handle,
		stat: async () => shown(await handle.stat()),
		read: async (buffer, offset) => (await handle.read(buffer, 0, buffer.length, offset)).bytesRead,
		async change(wishes) {
			refuseUnlessChangeable(share);
			await changeOpen(handle, share, wishes);
		},
		write: async (bytes, offset) => write(file, bytes, offset),
		async close(whole) {
			try {
				upload?.end(whole);
			} finally {
				await handle.close();
			}
		},
	};
}

async function write({handle, share, append, upload}: JailedFile, bytes: Buffer, offset: number): Promise<void> {
	upload?.change();
	const {size} = fstatSync(handle.fd);
	await growing(share, size, (append ? size : offset) + bytes.length, async () => {
		for (let done = 0; done < bytes.length;) {
			done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
		}
	});
}

/** Does something after which a file is as long as `end`, or longer, if there is room. */
async function growing(share: Share, size: number, end: number, work: () => Promise<void>): Promise<void> {
	return end > size && share.quota ? share.quota.growing(end, {bytes: end - size, entries: 0}, work) : work();
}

/** Changes a file or folder through its descriptor. The owner can only be "changed" to what it is. */
export async function changeOpen(handle: FileHandle, share: Share, {size, owner, mode, times}: Wishes): Promise<void> {
	const stats = await handle.stat();
	if (!stats.isDirectory()) {
		refuseUnlessPlain(stats);
	}

	if (owner && (owner.user !== stats.uid || owner.group !== stats.gid)) {
		throw new Refusal(status.permissionDenied);
	}

	if (size !== undefined) {
		await growing(share, stats.size, size, async () => truncate(itself(handle), size));
	}

	if (mode !== undefined) {
		await chmod(itself(handle), (mode & 0o777) | (isUnfinished(stats) ? unfinished : 0));
	}

	if (times) {
		await utimes(itself(handle), times.accessed, times.modified);
	}
}

export function refuseUnlessPlain(stats: Stats): void {
	if (!stats.isFile()) {
		throw new Refusal(status.failure, 'Not a regular file');
	}

	if (stats.nlink > 1) {
		throw new Refusal(status.permissionDenied, 'The file has a second name');
	}
}

/** What a client sees of a file: not whether it is unfinished. */
export function shown(stats: Stats): Stats {
	if (isUnfinished(stats)) {
		stats.mode &= ~unfinished;
	}

	return stats;
}
