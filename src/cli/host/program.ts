// The program that units of systemd run as root: this one, as it is installed here.
import {lstat, realpath} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {Problem} from '../../problem.js';
import {packageRoot} from '../../services/package-root.js';
import {quoted} from '../quoted.js';

/** The command that the units run. One that lacks the mark is of somebody else, such as of npm. */
export const command = '/usr/bin/tanos';
export const mark = '# Written by `tanos host setup`.';

/** Folders that the units of the console do not see (ProtectHome= in systemd.exec(5)). */
const hidden = ['/home/', '/root/', '/run/user/'];

/**
 * A shell script that runs this program with this Node. Rejects with Problem `program-not-private` when somebody else than root could
 * change either of them, and with Problem `program-hidden` when the units would not see it.
 */
export async function commandText(): Promise<string> {
	const [node, program] = [await realpath(process.execPath), path.join(await realpath(packageRoot()), 'bin/tanos.js')];
	for (const file of [node, program]) {
		await assertOfRoot(file);
	}

	return `#!/bin/sh\n${mark}\nexec ${quoted(node)} ${quoted(program)} "$@"\n`;
}

async function assertOfRoot(file: string): Promise<void> {
	const again = 'Install Node and this package for all users, such as with: npm install --global --prefix /usr/local';
	if (hidden.some(folder => file.startsWith(folder))) {
		throw new Problem('program-hidden', `${file} is in a home directory, which the units of the console do not see.`, again);
	}

	for (let one = file; ; one = path.dirname(one)) {
		const {uid, mode} = await lstat(one);
		if (uid !== 0 || (mode & 0o022) !== 0) {
			throw new Problem('program-not-private', `${one} can be changed by others than root, so root must not run it.`, again);
		}

		if (one === '/') {
			return;
		}
	}
}
