import {readlink, realpath} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {hasCode} from '../../problem.js';

/** As many links as Linux follows before it gives up. */
const maxLinks = 40;

/**
 * The absolute path without links, one character a byte. The last part need not exist, as with OpenSSH's sftp_realpath():
 * clients ask for the place of a file that they are going to make.
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
	const place = path.join(parent, base);
	const target = await targetOf(place);
	return target === undefined ? place : realPathOf(path.resolve(parent, target), links + 1);
}

function currentFolder(): string {
	return Buffer.from(process.cwd()).toString('latin1');
}

/** Where a link leads that leads nowhere yet; undefined when there is no link. */
async function targetOf(place: string): Promise<string | undefined> {
	try {
		return await readlink(Buffer.from(place, 'latin1'), {encoding: 'latin1'});
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'EINVAL')) {
			return undefined;
		}

		throw error;
	}
}
