// Files that others have collected to test their own readers, and the programs that have an opinion on them.
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';

/** Where Debian's package of test vectors puts them. */
export const vectors = '/usr/lib/python3/dist-packages/cryptography_vectors';

/** What is needed and not there: one line each, with the way to install it. */
export async function missing(): Promise<string[]> {
	const lacks = [
		...(existsSync(vectors) ? [] : ['the test vectors of pyca/cryptography are missing: apt-get install python3-cryptography-vectors']),
		...((await attempt('openssl', 'version')).ok ? [] : ['openssl is missing: apt-get install openssl']),
		...((await attempt('ssh-keygen', '-V')).isThere ? [] : ['ssh-keygen is missing: apt-get install openssh-client']),
	];
	return lacks;
}

export type Attempt = {ok: boolean; isThere: boolean; out: string; err: string};

/** Runs a program that may well fail, without anything to read. */
export async function attempt(program: string, ...words: string[]): Promise<Attempt> {
	return new Promise(resolve => {
		const child = execFile(program, words, {encoding: 'utf8', maxBuffer: 8 * 1024 * 1024}, (error, out, err) => {
			resolve({ok: error === null, isThere: error?.code !== 'ENOENT', out, err});
		});
		child.stdin?.end();
	});
}

/** All files below a folder of the vectors whose names end in one of these ways, in the order of their names. */
export async function filesBelow(folder: string, endings: RegExp): Promise<string[]> {
	const entries = await readdir(path.join(vectors, folder), {recursive: true, withFileTypes: true});
	return entries
		.filter(entry => entry.isFile() && endings.test(entry.name))
		.map(entry => path.join(entry.parentPath, entry.name))
		.sort();
}

/** One comparison: what was compared, and both opinions where they differ. */
export type Comparison = {name: string; ours: string; theirs: string};
