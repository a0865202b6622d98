// Copies of a pair outside its server's folder: staging, the saved pair from before, and the backup in /outgoing.
import {lstat, mkdir, readdir, readFile, rm, stat, unlink} from 'node:fs/promises';
import path from 'node:path';
import {createFile, createWholeFile, syncFolder} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import {digestOf, isSame, readPair, sha256, type Change, type PairDigest} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {installedFiles, isNamedLikeKey, pairIn, type PairFiles, type Target} from './target.js';

export const keyMode = 0o600;

/** The files of a pair. */
export type Part = keyof PairFiles;

/** The files of a pair in the order in which they are written: two, three, or one that holds all. */
export function partsOf({certificate, key, chainFile}: PairFiles): readonly Part[] {
	return certificate === key ? ['key'] : ['key', ...(chainFile === undefined ? [] : ['chainFile' as const]), 'certificate'];
}

/** The modes of new files. */
export const modes: Record<Part, number> = {key: keyMode, certificate: 0o644, chainFile: 0o644};

/** Writes a pair into a folder of its own (mode 0700) and verifies by reading it back that it is there. */
export async function storePair(folder: string, target: Target, pair: PairBytes): Promise<void> {
	await rm(folder, {recursive: true, force: true});
	await mkdir(folder, {recursive: true, mode: 0o700});
	const files = pairIn(folder, target);
	for (const part of partsOf(files)) {
		await createFile(files[part]!, pair[part]!, modes[part]);
	}

	await syncFolder(folder);
	await syncFolder(path.dirname(folder));
	await loadPair(files, digestOf(pair)).then(zeroize);
}

/** Reads a pair. Rejects with Problem `stored-pair-changed` when it is not this one. */
export async function loadPair(files: PairFiles, expected: PairDigest): Promise<PairBytes> {
	const pair = await readPair(files);
	if (!isSame(digestOf(pair), expected)) {
		zeroize(pair);
		throw new Problem(
			'stored-pair-changed',
			`${files.certificate} and ${files.key} are not the files that were put there.`,
			'Look at the disk; do not use these files.',
		);
	}

	return pair;
}

/** Overwrites the key bytes in memory; of a pair in one file, all of them. */
export function zeroize({key}: PairBytes): void {
	key.fill(0);
}

/** Where the pair from before this change is kept. */
export function savedFolder(layout: Layout, change: Pick<Change, 'id'>): string {
	return path.join(layout.backups, change.id);
}

/**
 * The id of a change and the names of its backup in /outgoing, whose key is encrypted or not. None is taken, in either form, as long
 * as the installation's lock is held.
 */
export async function claimNames(
	layout: Layout,
	target: Target,
	name: string,
	stamp: string,
	isEncrypted: boolean,
): Promise<Pick<Change, 'id' | 'backup'>> {
	for (let attempt = 1; ; attempt++) {
		const id = attempt === 1 ? stamp : `${stamp}-${attempt}`;
		const [plain, encrypted] = [backupNames(target, name, id, false), backupNames(target, name, id, true)];
		const inOutgoing = target.isCopied ? [plain.certificate, plain.key, encrypted.key].map(file => path.join(layout.outgoing, file)) : [];
		if (!(await anyExists([savedFolder(layout, {id}), ...inOutgoing]))) {
			return {id, backup: target.isCopied ? [plain.certificate, isEncrypted ? encrypted.key : plain.key] : []};
		}
	}
}

/** The names of a backup of the appliance `name` in /outgoing; of a key that is encrypted, as CMS EnvelopedData in PEM, or not. */
export function backupNames({fileNames}: Target, name: string, id: string, isEncrypted: boolean): PairFiles {
	const start = `${name}-${id}-`;
	return {certificate: start + fileNames.certificate, key: `${start}${fileNames.key}${isEncrypted ? '.p7m' : ''}`};
}

/** Writes the backup of a target that is copied into /outgoing, never over another file. A file appears there whole or not at all. */
export async function writeBackup(layout: Layout, change: Change, copy: PairBytes): Promise<void> {
	const files = backupIn(layout, change);
	for (const part of partsOf(files)) {
		await createWholeFile(files[part]!, copy[part]!, modes[part]);
	}

	await syncFolder(layout.outgoing);
	await loadPair(files, digestOf(copy)).then(zeroize);
}

/** Where the backup of this change is in /outgoing. */
export function backupIn({outgoing}: Layout, {backup: [certificate = '', key = '']}: Change): PairFiles {
	return {certificate: path.join(outgoing, certificate), key: path.join(outgoing, key)};
}

/** Removes a backup from /outgoing again; not what somebody else has put there under its name. */
export async function removeBackup(layout: Layout, change: Change): Promise<void> {
	if (change.backup.length === 0) {
		return;
	}

	const files = backupIn(layout, change);
	const expected = {...change.old, key: change.encryptedKey ?? change.old.key};
	for (const part of partsOf(files)) {
		const bytes = await ifPresent(async () => readFile(files[part]!));
		if (bytes && sha256(bytes) === expected[part]) {
			await unlink(files[part]!);
		}

		bytes?.fill(0);
	}
}

/**
 * Removes the copies of the key in service from /outgoing, where operators fetch backups. Resolves with their names. The pair stays in
 * the appliance's own backups.
 */
export async function removeServingKeys(layout: Layout, target: Target): Promise<string[]> {
	const {outgoing} = layout;
	if (!target.isCopied) {
		return [];
	}

	const serving = await readFile(installedFiles(layout, target).key);
	const removed: string[] = [];
	for (const name of (await readdir(outgoing)).filter(name => isNamedLikeKey(name))) {
		const file = path.join(outgoing, name);
		const {size} = await lstat(file);
		const bytes = size === serving.length ? await readFile(file) : undefined;
		if (bytes?.equals(serving)) {
			await unlink(file);
			removed.push(name);
		}

		bytes?.fill(0);
	}

	serving.fill(0);
	return removed;
}

async function anyExists(files: readonly string[]): Promise<boolean> {
	const found = await Promise.all(files.map(async file => ifPresent(async () => stat(file))));
	return found.some(stats => stats !== undefined);
}
