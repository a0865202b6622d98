// The end of an installation or a recovery: the outcome is recorded first; only then is the journal removed.
import type {ChangeRecord} from '../appliance/change-records.js';
import type {AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import {messageOf} from '../problem.js';
import type {Change, Site} from './change.js';
import type {ChangeRecorder} from './change-recorder.js';
import {recoveryCommand, removeJournal} from './journal.js';
import {record, withRemarks, type Ending, type Outcome} from './outcome.js';
import {removeServingKeys} from './pair-files.js';
import {removeOldBackups} from './retention.js';
import {targetOf} from './target.js';

/** How it ended, with the record that it left; without one when it is not known what was to be changed. */
export type Settled = Outcome & {record?: ChangeRecord};

/** What observed the change, and the change as it was planned or found. */
type Observed = {recorder: ChangeRecorder; change: Change};

/**
 * Records how it ended, and removes the journal of what is finished. Resolves with the outcome and what is to be said of this. The
 * journal stays when the end of something that changed the service could not be logged, so that the next recovery logs it.
 */
export async function settle(site: Site, {outcome, finished}: Ending, event: AuditEvent, observed?: Observed): Promise<Settled> {
	const {layout} = site;
	const keys = finished && observed ? await withoutServingKeys(layout, observed.change) : [];
	const told = withRemarks(outcome, keys);
	const isLogged = await record(layout, told, {...event, outcome: outcome.kind}, observed?.change);
	const recorded = await observed?.recorder.end('change' in outcome ? outcome.change : observed.change, told);
	const end = (remarks: readonly string[]): Settled => ({
		...withRemarks(told, [...(recorded?.remarks ?? []), ...remarks]),
		...(recorded && {record: recorded.record}),
	});
	if (!isLogged && outcome.kind !== 'refused') {
		return end([`The audit log ${layout.audit} cannot be written now. When it can, run: ${recoveryCommand(layout)}`]);
	}

	// An order's outcome is asked for later, so recovery writes the record that could not be written now.
	const isRecordDue = observed?.change.operation !== undefined && (recorded?.remarks ?? []).length > 0;
	if (!finished || isRecordDue) {
		return end([]);
	}

	const journal = await withoutJournal(layout);
	const isOver = outcome.kind === 'installed' && journal.length === 0;
	return end(isOver ? await removeOldBackups(site, outcome.change) : journal);
}

async function withoutServingKeys(layout: Layout, change: Change): Promise<string[]> {
	try {
		const names = await removeServingKeys(layout, targetOf(change));
		return names.map(name => `The key of the pair in service was removed from /outgoing: ${name}`);
	} catch (error) {
		return [`/outgoing may hold the key of the pair in service: ${messageOf(error)}`];
	}
}

async function withoutJournal(layout: Layout): Promise<string[]> {
	try {
		await removeJournal(layout);
		return [];
	} catch (error) {
		return [`The journal cannot be removed: ${messageOf(error)} Run: ${recoveryCommand(layout)}`];
	}
}
