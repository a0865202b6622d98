// What was done to the certificate of an appliance: one JSON file for each installation, restore and registration, however it ended.
// The records are for people and change tickets. Nothing is decided from them.
import {mkdir, readdir, readFile, unlink} from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import {hasCode, Problem, messageOf} from '../problem.js';
import {ifPresent} from '../if-present.js';
import {createWholeFile, syncFolder} from './atomic-file.js';
import {targetNames, type Layout} from './layout.js';
import {stamp} from './stamp.js';
import {formatStored, parseStored} from './stored-json.js';

const kinds = ['installation', 'restore', 'registration'] as const;

const certificateSchema = v.object({
	/** SHA-256 of the server's certificate, `AB:CD:...`. */
	fingerprint: v.string(),
	/** Absent when the certificate cannot be read any more. */
	subject: v.optional(v.string()),
	serial: v.optional(v.string()),
	/** ISO 8601, in UTC. */
	notAfter: v.optional(v.string()),
});

const connectionSchema = v.object({number: v.number(), from: v.string(), to: v.string(), ok: v.boolean(), result: v.string()});

/** What one change was; every text is fit for display. */
const recordSchema = v.object({
	/** When it began, as `20261123-224800`, with a number behind it when there is another of that second. */
	id: v.pipe(v.string(), v.regex(/^\d{8}-\d{6}(?:-\d+)*$/)),
	kind: v.picklist(kinds),
	/** The id under which another appliance ordered it; absent when nobody did. */
	operation: v.optional(v.string()),
	/** Of an ordered change: its id, which names its backup; that of the record may have a number behind it. */
	change: v.optional(v.string()),
	/** Which pair was replaced; absent: the Tanium Server's. */
	target: v.optional(v.picklist(targetNames)),
	/** The name of the host's target whose pair was replaced; absent on an appliance. */
	host: v.optional(v.string()),
	user: v.string(),
	/** `console`, or an address; empty for a change that a release before this field began. */
	from: v.string(),
	/** ISO 8601, in UTC. */
	began: v.string(),
	ended: v.string(),
	/** `installed`, `refused`, `stale`, `rolled-back`, `needs-hands`, `registered` or `failed`. */
	outcome: v.string(),
	/** Whether a recovery ended what was interrupted; its steps are the recovery's. */
	recovered: v.boolean(),
	/** The sentences that were shown at the end. */
	told: v.array(v.string()),
	/** The last lines that the server logged, when it did not start with the new pair or ended. */
	serverLog: v.optional(v.array(v.string())),
	/** The certificates before and after; null where it was not known. */
	old: v.nullable(certificateSchema),
	new: v.nullable(certificateSchema),
	steps: v.array(v.object({title: v.string(), milliseconds: v.number(), failed: v.optional(v.literal(true))})),
	/** From the stop of the server until a certificate was proven to be served; 0 without a stop, null when not measured. */
	outageMilliseconds: v.nullable(v.number()),
	/** The names of the backup in /outgoing. */
	backup: v.array(v.string()),
	/** The six connections of the platform; empty where they were not tested. */
	connections: v.object({before: v.array(connectionSchema), after: v.array(connectionSchema)}),
});

export type ChangeRecord = v.InferOutput<typeof recordSchema>;
export type ChangeKind = (typeof kinds)[number];
export type RecordedCertificate = v.InferOutput<typeof certificateSchema>;

type Needed = 'kind' | 'user' | 'from' | 'outcome' | 'told';

/** A record of what began at this moment and has ended now; what is not given is empty. */
export function recordOf(began: Date, given: Pick<ChangeRecord, Needed> & Partial<ChangeRecord>): ChangeRecord {
	return {
		id: stamp(began),
		began: began.toISOString(),
		ended: new Date().toISOString(),
		recovered: false,
		old: null,
		new: null,
		steps: [],
		outageMilliseconds: 0,
		backup: [],
		connections: {before: [], after: []},
		...given,
	};
}

/** Records that are kept; older ones are removed when one is written. */
const maxRecords = 1000;

/** Writes a record, never over another: its id gets a number when it is taken. Resolves with the record as it was written. */
export async function writeRecord({records}: Layout, record: ChangeRecord): Promise<ChangeRecord> {
	await mkdir(records, {recursive: true, mode: 0o700});
	for (let attempt = 1; ; attempt++) {
		const written = attempt === 1 ? record : {...record, id: `${record.id}-${attempt}`};
		try {
			await createWholeFile(fileIn(records, written.id), formatStored(written), 0o600);
			await removeOldest(records);
			await syncFolder(records);
			return written;
		} catch (error) {
			if (!hasCode(error, 'EEXIST')) {
				throw error;
			}
		}
	}
}

/** All records that can be read, the newest first. */
export async function changeRecords(layout: Layout): Promise<ChangeRecord[]> {
	return Array.fromAsync(readable(layout));
}

/** The newest record that can be read. */
export async function newestRecord(layout: Layout): Promise<ChangeRecord | undefined> {
	const first = await readable(layout).next(); // Older ones need not be read.
	return first.done ? undefined : first.value;
}

/** The record of what another appliance ordered under this id, if that has ended. */
export async function recordOfOperation(layout: Layout, operation: string): Promise<ChangeRecord | undefined> {
	for await (const record of readable(layout)) {
		if (record.operation === operation) {
			return record; // Older ones need not be read.
		}
	}

	return undefined;
}

async function* readable(layout: Layout): AsyncGenerator<ChangeRecord, void> {
	for (const id of (await idsIn(layout.records)).toReversed()) {
		try {
			yield await readRecord(layout, id);
		} catch (error) {
			if (!(error instanceof Problem)) {
				throw error;
			}
		}
	}
}

/** One record. Rejects with Problem `no-record` when there is none with this id, or it cannot be read. */
export async function readRecord({records}: Layout, id: string): Promise<ChangeRecord> {
	const isId = v.safeParse(recordSchema.entries.id, id).success;
	try {
		return parseStored(await readFile(fileIn(records, isId ? id : 'none'), 'utf8'), recordSchema);
	} catch (error) {
		const why = hasCode(error, 'ENOENT') ? `There is no change ${id}.` : `The record of ${id} cannot be read: ${messageOf(error)}`;
		throw new Problem('no-record', why, 'See: soap history', {cause: error});
	}
}

/** The record with this id; undefined when there is none that can be read. */
export async function findRecord(layout: Layout, id: string): Promise<ChangeRecord | undefined> {
	try {
		return await readRecord(layout, id);
	} catch (error) {
		if (error instanceof Problem) {
			return undefined;
		}

		throw error;
	}
}

async function removeOldest(folder: string): Promise<void> {
	const ids = await idsIn(folder);
	for (const id of ids.slice(0, Math.max(0, ids.length - maxRecords))) {
		await ifPresent(async () => unlink(fileIn(folder, id)));
	}
}

/** The oldest first: a date and a time sort as text; two of one second sort by the number behind it. */
async function idsIn(folder: string): Promise<string[]> {
	const names = (await ifPresent(async () => readdir(folder))) ?? [];
	const ids = names.filter(name => name.endsWith('.json')).map(name => name.slice(0, -'.json'.length));
	return ids.toSorted((one, other) => one.localeCompare(other, 'en', {numeric: true}));
}

function fileIn(folder: string, id: string): string {
	return path.join(folder, `${id}.json`);
}
