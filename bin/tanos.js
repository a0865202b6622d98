#!/usr/bin/env node
// The `tanos` command. Checks the Node version in words an old Node understands, then loads the bundle through V8's
// compile cache, which halves the time to the first frame.
import fs from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const needed = 24;

if (Number.parseInt(process.versions.node, 10) < needed) {
	process.stderr.write(
		`tanos needs Node ${needed} or newer, but this is Node ${process.versions.node}. Install a newer Node and try again.\n`,
	);
	process.exit(2);
}

// What is in the cache is executed: whoever can write there runs code as this user. So it is not Node's default, a folder of a
// well-known name in the directory for temporary files, which anybody can create first; and there is no cache when somebody
// else could have written to the folder, or could replace it or one above it.
const cacheFolder = trustedCacheFolder();
if (cacheFolder !== undefined) {
	module.enableCompileCache(cacheFolder);
}

void import('../build/tanos.js');

/**
 * This user's own folder under XDG_CACHE_HOME or ~/.cache; undefined if it cannot be trusted. Both are created with mode 0700 if they
 * are missing, but nothing above them.
 */
function trustedCacheFolder() {
	try {
		const configured = process.env.XDG_CACHE_HOME || '';
		const base = path.isAbsolute(configured) ? path.resolve(configured) : path.join(os.homedir(), '.cache');
		const folder = path.join(base, 'tanos');
		return path.isAbsolute(base) && isProtected(path.dirname(base)) && isProtected(created(base)) && isPrivate(created(folder))
			? folder
			: undefined;
	} catch {
		return undefined; // Such as a home directory that does not exist or cannot be written to.
	}
}

function created(folder) {
	if (fs.lstatSync(folder, {throwIfNoEntry: false}) === undefined) {
		fs.mkdirSync(folder, 0o700);
	}

	return folder;
}

/** Whether nobody but this user and root can rename or replace what this user has in a folder. */
function isProtected(folder) {
	const stats = fs.lstatSync(folder);
	if (stats.uid !== 0 && stats.uid !== process.geteuid()) {
		return false;
	}

	const parent = path.dirname(folder);
	if (parent !== folder && !isProtected(parent)) {
		return false;
	}

	if (stats.isSymbolicLink()) {
		return isProtected(fs.realpathSync(folder));
	}

	const isWritableByOthers = (stats.mode & 0o022) !== 0;
	const isSticky = (stats.mode & 0o1000) !== 0;
	return stats.isDirectory() && (isSticky || !isWritableByOthers);
}

/** Whether a folder, not a link to one, belongs to this user and lets nobody else in. */
function isPrivate(folder) {
	const stats = fs.lstatSync(folder);
	return stats.isDirectory() && stats.uid === process.geteuid() && (stats.mode & 0o077) === 0;
}
