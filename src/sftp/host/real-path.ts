import {readlink, realpath} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {hasCode} from '../../problem.js';

/** Linux's own limit. */
const maxLinks = 40;

/**
 * The absolute path without links, one character for each byte. The last part need not exist, as with OpenSSH's
 * sftp_realpath(): clients ask for the path of a file that they will make.
 */
export async function realPathOf(name: string, links = 0): Promise<string> {
	try {
		return await realpath(Buffer.from(name === '' ? '.' : name, 'latin1'), 'latin1');
	} catch (error) {
		if (!hasCode(error, 'ENOENT') || links > maxLinks) {
			throw error;
		}
	}

	const {dir, base} = path.parse(path.resolve(currentFolder(), name));
	const parent = await realpath(Buffer.from(dir, 'latin1'), 'latin1');
	const found = path.join(parent, base);
	const target = await targetOf(found);
	return target === undefined ? found : realPathOf(path.resolve(parent, target), links + 1);
}

function currentFolder(): string {
	return Buffer.from(process.cwd()).toString('latin1');
}

/** The target of a dangling link; undefined when there is no link. */
async function targetOf(link: string): Promise<string | undefined> {
	try {
		return await readlink(Buffer.from(link, 'latin1'), {encoding: 'latin1'});
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'EINVAL')) {
			return undefined;
		}

		throw error;
	}
}
