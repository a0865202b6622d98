import type {Stats} from 'node:fs';

/**
 * The mark of a file whose upload has not come to its end: the sticky bit, which means nothing else for a file on Linux.
 *
 * Why a bit of the file itself, and neither a temporary name until CLOSE nor a list of what is open? The bit is made with the
 * file in one system call, goes wherever the file is renamed to, is seen by every process, and is still there when the server
 * or the machine has died, so that half a file is never taken for a whole one. And the file stands under its own name from the
 * start, with the bytes that have arrived: clients look at it there, resume it there (`reput`), rename it while it is open, and
 * make it exclusively, all as with OpenSSH. A client neither sees the bit nor can change it.
 */
export const incompleteMark = 0o1000;

export function isIncomplete(stats: Stats): boolean {
	return stats.isFile() && (stats.mode & incompleteMark) !== 0;
}
