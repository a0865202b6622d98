// External programs that benchmarks need, and the packages of Debian and Ubuntu that contain them.
import {accessSync, constants} from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const packages = {
	bash: 'bash',
	debootstrap: 'debootstrap',
	expect: 'expect',
	openssl: 'openssl',
	sftp: 'openssh-client',
	ssh: 'openssh-client',
	'ssh-keygen': 'openssh-client',
	sshd: 'openssh-server',
} as const;

export type Program = keyof typeof packages;

/** The file of a program, or undefined when it is not installed. sshd is in a folder that is often not in a user's PATH. */
export function findProgram(name: Program): string | undefined {
	const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
	return folders
		.filter(folder => folder !== '')
		.map(folder => path.join(folder, name))
		.find(file => isExecutable(file));
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** The missing ones of these programs, with the command that installs them; undefined when none is missing. */
export function describeMissing(needs: readonly Program[], find = findProgram): string | undefined {
	const missing = needs.filter(name => find(name) === undefined);
	const install = [...new Set(missing.map(name => packages[name]))];
	return missing.length === 0 ? undefined : `needs ${missing.join(', ')}, install with \`apt-get install ${install.join(' ')}\``;
}
