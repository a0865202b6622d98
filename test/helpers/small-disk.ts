// A disk that a test can fill: tmpfs, mounted for as long as the test runs. Mounting needs CAP_SYS_ADMIN: see testWith('mount').
import {closeSync, openSync, writeSync} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {hasCode} from '../../src/problem.js';
import {temporaryFolder} from './sandbox.js';

const page = Buffer.alloc(4096, ' ');

/** An empty disk of this size in MiB. It is unmounted after the test, once whatever the test made there has been stopped. */
export async function smallDisk(t: ExecutionContext, size: number): Promise<string> {
	const disk = path.join(await temporaryFolder(t), 'disk');
	await mkdir(disk);
	await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', disk]);
	t.teardown(async () => execa('umount', [disk]));
	return disk;
}

/**
 * Fills a disk to its last byte. With a `file`, this many bytes of white space are appended to it first, so that what is left of its
 * last page is known.
 */
export async function fill(disk: string, file?: string, bytes = 0): Promise<void> {
	if (file !== undefined && bytes > 0) {
		append(file, page.subarray(0, bytes - 1));
		append(file, Buffer.from('\n'));
	}

	while (append(path.join(disk, 'filler'), page) === page.length) {
		// There is space left.
	}
}

/** Removes what `fill` has written, except in the named file. */
export async function free(disk: string): Promise<void> {
	await rm(path.join(disk, 'filler'), {force: true});
}

/** How many bytes could be appended. */
function append(file: string, bytes: Uint8Array): number {
	const descriptor = openSync(file, 'a');
	try {
		return writeSync(descriptor, bytes);
	} catch (error) {
		if (hasCode(error, 'ENOSPC')) {
			return 0;
		}

		throw error;
	} finally {
		closeSync(descriptor);
	}
}
