import {lstat, readlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';

/** Rejects with Problem `folder-is-link` when a folder that SFTP users share is a symbolic link, as SFTP refuses it. */
export async function assertSharedFolder(folder: string): Promise<void> {
	const target = await linkTarget(folder);
	if (target !== undefined) {
		throw new Problem(
			'folder-is-link',
			`${folder} is a symbolic link to ${target}. Neither SFTP nor this program follows it.`,
			'Put a folder in its place, with mode 0700 and the same owner as the folder that it is in.',
		);
	}
}

/** What a symbolic link leads to, as it says; undefined for anything else, and for what does not exist. */
export async function linkTarget(path: string): Promise<string | undefined> {
	const stats = await ifPresent(async () => lstat(path));
	return stats?.isSymbolicLink() ? readlink(path) : undefined;
}
