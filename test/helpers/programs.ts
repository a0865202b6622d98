// The programs from outside that tests use, and where they are. Each is in test/programs.json with its Debian package, from
// which .ci/run installs them too.
import {accessSync, constants, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import table from '../programs.json' with {type: 'json'};

export type Program = keyof typeof table;

const entries: Readonly<Record<Program, {package: string; file?: string; capability?: number}>> = table;

/**
 * The file of a program, or undefined when it is not installed: in a folder of PATH, or where the table says, which is relative
 * to the folder above one of PATH. So /usr/sbin/sshd is found although a user's PATH has only /usr/bin. A program that would be
 * refused what it needs counts as not installed.
 */
export function findProgram(program: Program): string | undefined {
	const {file, capability} = entries[program];
	if (capability !== undefined && !hasCapability(capability)) {
		return undefined;
	}

	const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(folder => path.isAbsolute(folder));
	const places = folders.map(folder => (file === undefined ? path.join(folder, program) : path.join(folder, '..', file)));
	return places.find(place => isExecutable(place));
}

/** The file of a program. Throws when it is not installed. */
export function fileOf(program: Program): string {
	const file = findProgram(program);
	if (file === undefined) {
		throw new Error(`${program} is not installed: ${installing(program)}`);
	}

	return file;
}

/** Whether this process has a capability, such as 21, CAP_SYS_ADMIN, with which root may mount; containers take it away. */
function hasCapability(capability: number): boolean {
	const [, effective = '0'] = /^CapEff:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
	return ((BigInt(`0x${effective}`) >> BigInt(capability)) & 1n) === 1n;
}

/** The command that installs a program on Debian. */
export function installing(program: Program): string {
	const {package: name, capability} = entries[program];
	return `apt-get install ${name}${capability === undefined ? '' : ', and root with CAP_SYS_ADMIN'}`;
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK); // Of a folder: that it can be entered.
		return true;
	} catch {
		return false;
	}
}
