import {readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {replaceFile, syncFolder} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {hasCode, Problem} from '../problem.js';
import {phases, type Change, type PairSource} from './change.js';

/** Makes this the journal, synced before it resolves. */
export async function writeJournal(layout: Layout, change: Change): Promise<void> {
	await replaceFile(layout.journal, `${JSON.stringify(change, undefined, '\t')}\n`, 0o600);
}

/** The change that was under way, or undefined. Rejects with Problem `journal-unreadable`. */
export async function readJournal(layout: Layout): Promise<Change | undefined> {
	let text;
	try {
		text = await readFile(layout.journal, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) {
			return undefined;
		}

		throw unreadable(layout, error);
	}

	try {
		const change = JSON.parse(text) as Change;
		if (!phases.includes(change.phase) || !isDigest(change.old) || !isDigest(change.new) || !/^[\w-]+$/.test(change.id) || typeof change.wasRunning !== 'boolean' || !areOrigins(change.origins)) {
			throw new Error('a field is missing or has a value that is never written');
		}

		return change;
	} catch (error) {
		throw unreadable(layout, error);
	}
}

/** Removes the journal, synced before it resolves. */
export async function removeJournal(layout: Layout): Promise<void> {
	await rm(layout.journal, {force: true});
	await syncFolder(path.dirname(layout.journal));
}

function isDigest(value: Change['old'] | undefined): boolean {
	return /^[0-9a-f]{64}$/.test(value?.certificate ?? '') && /^[0-9a-f]{64}$/.test(value?.key ?? '') && Array.isArray(value?.chain);
}

function areOrigins(value: unknown): value is Change['origins'] {
	return Array.isArray(value) && value.every((one: Partial<PairSource> | null) => typeof one?.file === 'string' && /^[0-9a-f]{64}$/.test(one.sha256 ?? ''));
}

function unreadable(layout: Layout, cause: unknown): Problem {
	return new Problem(
		'journal-unreadable',
		`An installation was interrupted, and its journal ${layout.journal} cannot be read.`,
		`The pairs from before are in ${layout.backups}. Compare them with the installed pair, put the right one in place, then remove the journal.`,
		{cause},
	);
}
