import {formatMoment} from '../appliance/stamp.js';
import {readFile, unlink} from 'node:fs/promises';
import * as v from 'valibot';
import {ifPresent} from '../if-present.js';
import {replaceFile} from '../appliance/atomic-file.js';
import {auditOrKeep, type AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import type {By} from '../appliance/by.js';
import {Problem, messageOf} from '../problem.js';
import {byOf, type Change, type Site} from './change.js';
import {recoveryCommand} from './journal.js';
import {targetOf} from './target.js';

/** How a replacement ended. */
export type Outcome =
	/** The new pair is in place and served. `remarks`: what could not be cleaned up, and what else is to be known. */
	| {kind: 'installed'; change: Change; remarks: string[]}
	/** The service was not touched; everything is as it was. */
	| {kind: 'refused'; reason: string; hint: string; remarks?: string[]}
	/** Somebody else changed the installed pair first; nothing was touched. */
	| {kind: 'stale'; reason: string; hint: string}
	/** The old pair is in place again and served. */
	| ({kind: 'rolled-back'; reason: string; hint: string; change: Change; remarks: string[]} & ServerLog)
	/** Somebody has to look. */
	| ({kind: 'needs-hands'; headline: string; reason: string; hint: string} & ServerLog);

/** The last lines that the server logged with the new pair, fit for display; absent when it is not what failed. */
type ServerLog = {serverLog?: readonly string[]};

/** An outcome, and whether nothing is left to be done, so that the journal may go once the outcome is recorded. */
export type Ending = {outcome: Outcome; finished: boolean};

/** The outcome in sentences: what is true now, why, and what to do. */
export function describeOutcome(outcome: Outcome): string[] {
	switch (outcome.kind) {
		case 'installed': {
			const {restores, backup} = outcome.change;
			const what = restores === undefined ? 'The new certificate is installed' : `The pair of the backup ${restores} is installed again`;
			return [
				`${what}, and the ${targetOf(outcome.change).server} serves it.`,
				backup.length === 0
					? `The old pair is kept in ${savedName(outcome.change)}`
					: `The old pair is backed up in /outgoing: ${backup.join(', ')}`,
				...outcome.remarks,
			];
		}

		case 'refused': {
			return ['Not installed. Nothing was changed.', outcome.reason, outcome.hint, ...(outcome.remarks ?? [])].filter(
				words => words !== '',
			);
		}

		case 'stale': {
			return ['Not installed. Nothing was changed.', outcome.reason, outcome.hint].filter(words => words !== '');
		}

		case 'rolled-back': {
			const {server} = targetOf(outcome.change);
			const proven = outcome.change.wasRunning
				? `, and the ${server} serves it, proven over TLS`
				: `; the ${server} was not running before and is not started`;
			return [
				`Not installed. The old pair is in place again${proven}.`,
				`Why: ${outcome.reason}`,
				...describeLog(outcome),
				outcome.hint,
				`The old pair is also kept in ${savedName(outcome.change)}.`,
				...outcome.remarks,
			].filter(words => words !== '');
		}

		case 'needs-hands': {
			return [outcome.headline, outcome.reason, ...describeLog(outcome), outcome.hint];
		}
	}
}

/** On an appliance, relative to its root. */
function savedName({id, host}: Change): string {
	return `${host ? '/' : ''}var/lib/tanos/backups/${id}`;
}

/** How many lines of the log are told, and how many characters of each: what has failed must stay on the screen above them. */
const maxLogLines = 3;
const maxLogLineLength = 72;

/** The last lines of the server's log, without their times and without what the reason says already. */
function describeLog({reason, serverLog = []}: ServerLog & {reason: string}): string[] {
	const told = serverLog
		.map(line => line.replace(/^\d{4}-\S+Z /, ''))
		.filter(line => !reason.includes(line.replace(/\.$/, '')))
		.slice(-maxLogLines)
		.map(line => (line.length > maxLogLineLength ? `${line.slice(0, maxLogLineLength - 4)} ...` : line));
	return told.length === 0 ? [] : ['The last lines of its log:', ...told.map(line => `  ${line}`)];
}

/** The ending with what the server logged; of a rollback, the hint says where there is more. */
export function withServerLog(ending: Ending, serverLog: readonly string[]): Ending {
	const {outcome} = ending;
	if (serverLog.length === 0 || (outcome.kind !== 'rolled-back' && outcome.kind !== 'needs-hands')) {
		return ending;
	}

	const hint = outcome.kind === 'rolled-back' ? moreOfLog(outcome.change) : outcome.hint;
	return {...ending, outcome: {...outcome, serverLog, hint}};
}

function moreOfLog(change: Change): string {
	const {service, host} = targetOf(change);
	return host ? `More of its log: journalctl -u ${service}` : `More of its log: 3-L, or log show ${service}`;
}

/** The words and the hint of whatever a step failed with. */
export function reasonOf(error: unknown): {reason: string; hint: string} {
	return {reason: messageOf(error), hint: error instanceof Problem ? error.hint : ''};
}

/** What is said when copies could not be removed; the journal stays for recovery. */
export function cleanupFailed({layout}: Site, error: unknown): string {
	return `The cleanup failed: ${messageOf(error)} Run: ${recoveryCommand(layout)}`;
}

/** The outcome with more remarks, where its kind has any. */
export function withRemarks(outcome: Outcome, remarks: readonly string[]): Outcome {
	return 'remarks' in outcome || outcome.kind === 'refused' ? {...outcome, remarks: [...(outcome.remarks ?? []), ...remarks]} : outcome;
}

/**
 * Writes the outcome of a change down, which cannot alter it any more; without a change when it is not known which it was. Resolves with
 * whether it is in the audit log.
 */
export async function record(layout: Layout, outcome: Outcome, event: AuditEvent, change?: Change): Promise<boolean> {
	try {
		await keepOutcome(layout, describeOutcome(outcome), change && {...byOf(change), at: new Date()});
	} catch {
		// It is only for those who sign in later.
	}

	return auditOrKeep(layout, event);
}

/** Keeps the words for whoever signs in next, in case nobody was there to read them. */
export async function keepOutcome(layout: Layout, words: readonly string[], by?: By & {at: Date}): Promise<void> {
	await replaceFile(fileOf(layout), JSON.stringify({...by, words}), 0o600);
}

/** What was kept and not yet read, after a line that says whose change it was and when it ended; empty when there is nothing. */
export async function keptOutcome(layout: Layout): Promise<string[]> {
	const {user, from, at, words} = await readKept(layout);
	return user === undefined || at === undefined || words.length === 0
		? words
		: [`The change that ${from ? `${user} (${from})` : user} began ended at ${formatMoment(at)}:`, ...words];
}

const keptSchema = v.object({
	user: v.optional(v.string()),
	from: v.optional(v.string()),
	at: v.optional(v.string()),
	words: v.array(v.string()),
});

/** Also of an earlier release, whose file is the list of words. What cannot be read is nothing. */
async function readKept(layout: Layout): Promise<v.InferOutput<typeof keptSchema>> {
	try {
		const kept: unknown = JSON.parse((await ifPresent(async () => readFile(fileOf(layout), 'utf8'))) ?? '[]');
		const parsed = v.safeParse(keptSchema, Array.isArray(kept) ? {words: kept} : kept);
		return parsed.success ? parsed.output : {words: []};
	} catch (error) {
		if (error instanceof SyntaxError) {
			return {words: []};
		}

		throw error;
	}
}

/** Somebody has read these words. Forgets what was kept, unless it is something else by now. */
export async function removeOutcome(layout: Layout, words: readonly string[]): Promise<void> {
	const kept = await readKept(layout);
	if (kept.words.every(sentence => words.includes(sentence))) {
		await ifPresent(async () => unlink(fileOf(layout)));
	}
}

function fileOf({state}: Layout): string {
	return `${state}/outcome.json`;
}
