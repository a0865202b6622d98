import {mkdtemp, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';

/** An empty folder that is gone after the test. */
export async function emptyFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-appliance-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** A layout in an empty folder that is gone after the test. */
export async function emptyLayout(t: ExecutionContext): Promise<Layout> {
	return layoutOf(await emptyFolder(t));
}

/** The permission bits of a file or folder, in octal. */
export async function modeOf(file: string): Promise<string> {
	const {mode} = await stat(file);
	return (mode & 0o7777).toString(8).padStart(4, '0');
}
