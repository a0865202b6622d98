import {createHash} from 'node:crypto';
import {readdir, readFile, readlink, stat} from 'node:fs/promises';
import path from 'node:path';
import {hasCode} from '../problem.js';

/** The state of a file or of a folder with all that is in it, as one digest of names and contents; `absent` when it does not exist. */
export async function stateOf(file: string): Promise<string> {
	try {
		const stats = await stat(file);
		return stats.isDirectory() ? await stateOfFolder(file) : digestOf(await readFile(file));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return 'absent';
		}

		throw error;
	}
}

async function stateOfFolder(folder: string): Promise<string> {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	const states = await Promise.all(
		entries.map(async entry => {
			const file = path.join(entry.parentPath, entry.name);
			const content = entry.isFile() ? digestOf(await readFile(file)) : entry.isSymbolicLink() ? await readlink(file) : '';
			return [path.relative(folder, file), content];
		}),
	);
	return digestOf(JSON.stringify(states.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1))));
}

function digestOf(bytes: Uint8Array | string): string {
	return createHash('sha256').update(bytes).digest('hex');
}
