// Files and folders that this user alone may use. One that another user could have put there, or can open, is refused: a link leads
// elsewhere, and whoever can open a lock file can hold the lock.
import {lstatSync, mkdirSync, type Stats} from 'node:fs';
import process from 'node:process';
import {Problem} from '../problem.js';

type Kind = 'folder' | 'file';

/** Makes a folder and those above it with mode 0700 if it is missing. Throws Problem `not-private` unless it is this user's alone. */
export function ensurePrivateFolder(folder: string): void {
	if (lstatSync(folder, {throwIfNoEntry: false}) === undefined) {
		mkdirSync(folder, {recursive: true, mode: 0o700});
	}

	assertPrivate(folder, 'folder');
}

/** Throws Problem `not-private` unless this is a folder, or a regular file, that belongs to this user and lets nobody else in. */
export function assertPrivate(path: string, kind: Kind): void {
	const fault = faultOf(lstatSync(path), kind);
	if (fault) {
		throw new Problem('not-private', `${path} ${fault.what}.`, `${fault.todo} ${path}`);
	}
}

type Fault = {what: string; /** Ends before the path. */ todo: string};

function faultOf(stats: Stats, kind: Kind): Fault | undefined {
	const own = process.geteuid!();
	if (kind === 'folder' ? !stats.isDirectory() : !stats.isFile()) {
		const what = stats.isSymbolicLink() ? 'is a symbolic link' : kind === 'folder' ? 'is not a folder' : 'is not a regular file';
		return {what, todo: 'Find out who put it there, then remove it:'};
	}

	if (stats.uid !== own) {
		const todo = 'Run the command as the owner of the appliance. If somebody else put it there, remove it:';
		return {what: `belongs to the user with the ID ${stats.uid}, but this command runs as ${own}`, todo};
	}

	const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
	return (stats.mode & 0o077) === 0
		? undefined
		: {what: `has mode ${mode}: other users can open it`, todo: 'Take their permissions away: chmod go='};
}
