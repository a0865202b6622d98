// Where the bytes of a pair lie while it is replaced, and how they get there.
import {mkdir, readFile, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {createFile, syncFolder} from '../appliance/atomic-file.js';
import {certificateName, keyName, type Layout} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import {digestOf, isSame, type Change, type PairBytes, type PairDigest} from './change.js';

const certificateMode = 0o644;
const keyMode = 0o600;

/** Where the two files of a pair are. */
export type PairFiles = {certificate: string; key: string};

/** Writes a pair into a folder of its own (mode 0700) and proves by reading it back that it is there. */
export async function storePair(folder: string, pair: PairBytes): Promise<void> {
	await rm(folder, {recursive: true, force: true});
	await mkdir(folder, {recursive: true, mode: 0o700});
	await createFile(path.join(folder, keyName), pair.key, keyMode);
	await createFile(path.join(folder, certificateName), pair.certificate, certificateMode);
	await syncFolder(folder);
	await syncFolder(path.dirname(folder));
	await loadPair(pairIn(folder), digestOf(pair)).then(zeroize);
}

/** The two files of a pair in a folder of their own. */
export function pairIn(folder: string): PairFiles {
	return {certificate: path.join(folder, certificateName), key: path.join(folder, keyName)};
}

/** Reads a pair. Rejects with Problem `stored-pair-changed` when it is not this one. */
export async function loadPair(files: PairFiles, expected: PairDigest): Promise<PairBytes> {
	const pair = {certificate: await readFile(files.certificate), key: await readFile(files.key)};
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

/** Overwrites the key bytes in memory. */
export function zeroize({key}: PairBytes): void {
	key.fill(0);
}

/** Where the pair from before this change is kept. */
export function savedFolder(layout: Layout, change: Pick<Change, 'id'>): string {
	return path.join(layout.backups, change.id);
}

/** Where a pair lies beside the installed one before it is swapped in. */
export function sideFiles(layout: Layout): PairFiles {
	return {certificate: `${layout.soapCertificate}.new`, key: `${layout.soapKey}.new`};
}

/** Writes a pair beside the installed one: the last moment at which a full disk or a permission can do harm. */
export async function placeBeside(layout: Layout, pair: PairBytes): Promise<void> {
	const side = sideFiles(layout);
	await removeBeside(layout);
	await createFile(side.key, pair.key, keyMode);
	await createFile(side.certificate, pair.certificate, certificateMode);
	await syncFolder(layout.taniumServer);
}

/** Removes what `placeBeside` wrote, if anything. */
export async function removeBeside(layout: Layout): Promise<void> {
	const side = sideFiles(layout);
	await rm(side.key, {force: true});
	await rm(side.certificate, {force: true});
}

/** Puts the pair from beside into place: two renames, synced. */
export async function swapIn(layout: Layout): Promise<void> {
	const side = sideFiles(layout);
	await rename(side.key, layout.soapKey);
	await rename(side.certificate, layout.soapCertificate);
	await syncFolder(layout.taniumServer);
}

/** Puts the saved pair back into place. */
export async function restoreSaved(layout: Layout, change: Change): Promise<void> {
	const pair = await loadPair(pairIn(savedFolder(layout, change)), change.old);
	try {
		await placeBeside(layout, pair);
		await swapIn(layout);
	} finally {
		zeroize(pair);
	}
}

/** Names for a backup in /outgoing that are not taken: the appliance, the date and the file's own name. */
export async function backupNames(layout: Layout, name: string, id: string): Promise<string[]> {
	for (let attempt = 1; ; attempt++) {
		const prefix = `${name}-${id}${attempt === 1 ? '' : `-${attempt}`}-`;
		const names = [`${prefix}${certificateName}`, `${prefix}${keyName}`];
		if (!(await anyExists(names.map(file => path.join(layout.outgoing, file))))) {
			return names;
		}
	}
}

/** Writes the backup into /outgoing, never over another file. */
export async function writeBackup(layout: Layout, names: readonly string[], pair: PairBytes): Promise<void> {
	const [certificate, key] = names as [string, string];
	await createFile(path.join(layout.outgoing, key), pair.key, keyMode);
	await createFile(path.join(layout.outgoing, certificate), pair.certificate, certificateMode);
	await syncFolder(layout.outgoing);
	const files = {certificate: path.join(layout.outgoing, certificate), key: path.join(layout.outgoing, key)};
	await loadPair(files, digestOf(pair)).then(zeroize);
}

/** Removes a backup from /outgoing again. */
export async function removeBackup(layout: Layout, names: readonly string[]): Promise<void> {
	for (const name of names) {
		await rm(path.join(layout.outgoing, name), {force: true});
	}
}

async function anyExists(files: readonly string[]): Promise<boolean> {
	const found = await Promise.all(
		files.map(async file =>
			stat(file).then(
				() => true,
				() => false,
			),
		),
	);
	return found.includes(true);
}
