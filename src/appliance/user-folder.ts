// The folder for what all sandboxes of a user on this machine share. Nobody else can enter it.
import {mkdirSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {hasCode} from '../problem.js';
import {ensurePrivateFolder} from './private-folder.js';

/** `tanos` in XDG_CACHE_HOME or ~/.cache, where bin/tanos.js keeps V8's compile cache too. Undefined when it cannot be created. */
export function userFolder(): string | undefined {
	const configured = process.env['XDG_CACHE_HOME'] ?? '';
	const base = path.isAbsolute(configured) ? configured : path.join(homedir(), '.cache');
	const folder = path.join(base, 'tanos');
	if (!path.isAbsolute(folder)) {
		return undefined;
	}

	try {
		makeFolder(base);
		makeFolder(folder);
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS')) {
			return undefined;
		}

		throw error;
	}

	ensurePrivateFolder(folder);
	return folder;
}

/** Unlike a recursive mkdir it makes no home directory for a user who has none. */
function makeFolder(folder: string): void {
	try {
		mkdirSync(folder, {mode: 0o700});
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) {
			throw error;
		}
	}
}
