import {readFile, unlink} from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import {replaceFile, syncFolder} from '../appliance/atomic-file.js';
import {targetNames, type Layout} from '../appliance/layout.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {messageOf, Problem} from '../problem.js';
import type {UnitName} from '../services/service.js';
import {phases, type Change} from './change.js';
import {hostTargetSchema} from './host-target.js';

/** The command that finishes or undoes an interrupted installation. The root of a host is `/`. */
export function recoveryCommand({root}: Layout): string {
	return root === '/' ? 'tanos host recover' : `tanos recover --root ${root}`;
}

/** Makes this the journal, synced before it resolves. */
export async function writeJournal(layout: Layout, change: Change): Promise<void> {
	await replaceFile(layout.journal, formatStored(change), 0o600);
}

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const digest = v.object({certificate: sha256, key: sha256, chainFile: v.optional(sha256), leaf: v.string(), chain: v.array(v.string())});

const attributes = v.object({uid: v.number(), gid: v.number(), mode: v.number()});

const changeSchema: v.GenericSchema<unknown, Change> = v.object({
	id: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
	user: v.string(),
	from: v.optional(v.string()),
	target: v.optional(v.picklist(targetNames)),
	host: v.optional(hostTargetSchema),
	units: v.optional(v.array(v.custom<UnitName>(name => typeof name === 'string' && /^[^-]+\.[a-z]+$/.test(name)))),
	restores: v.optional(v.string()),
	phase: v.picklist(phases),
	old: digest,
	new: digest,
	wasRunning: v.boolean(),
	backup: v.array(v.string()),
	encryptedKey: v.optional(sha256),
	operation: v.optional(v.string()),
	overlap: v.optional(v.object({worked: v.array(v.number()), wasTrusted: v.boolean()})),
	oldAttributes: v.optional(
		v.object({certificate: v.exactOptional(attributes), key: v.exactOptional(attributes), chainFile: v.exactOptional(attributes)}),
	),
	origins: v.array(v.object({file: v.string(), sha256})),
});

/** The change in progress, or undefined. Rejects with Problem `journal-unreadable`. */
export async function readJournal(layout: Layout): Promise<Change | undefined> {
	try {
		const text = await ifPresent(async () => readFile(layout.journal, 'utf8'));
		return text === undefined ? undefined : parseStored(text, changeSchema);
	} catch (error) {
		throw unreadable(layout, error);
	}
}

/** Rejects with Problem `unfinished` while a journal is there, or as readJournal() does. */
export async function assertNoJournal(layout: Layout): Promise<void> {
	if (await readJournal(layout)) {
		throw new Problem('unfinished', 'An earlier installation is not finished or undone yet.', `Run: ${recoveryCommand(layout)}`);
	}
}

/** Removes the journal, synced before it resolves. */
export async function removeJournal(layout: Layout): Promise<void> {
	await ifPresent(async () => unlink(layout.journal));
	await syncFolder(path.dirname(layout.journal));
}

function unreadable(layout: Layout, cause: unknown): Problem {
	return new Problem(
		'journal-unreadable',
		`An installation was interrupted, and its journal ${layout.journal} cannot be read. ${messageOf(cause)}`,
		`The pairs from before are in ${layout.backups}. Compare them with the installed pair, put the right `
			+ 'one in place, then remove the journal.',
		{cause},
	);
}
