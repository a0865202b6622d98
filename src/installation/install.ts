import {audit, type AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import {lockInstallation} from '../appliance/lock.js';
import {Problem, wordsOf} from '../problem.js';
import {digestOf, isSame, readInstalled, type Change, type PairBytes, type Site} from './change.js';
import {readJournal, writeJournal} from './journal.js';
import {keepOutcome, outcomeInWords, reasonOf, type Outcome} from './outcome.js';
import {backupNames, wipe} from './pair-files.js';
import {firstTouching, preparation, switching, tidy, type Step} from './steps.js';
import {rollBack, touchingSteps, type Report} from './undo.js';

/** What an installation will do. The pair was checked, and these are its very bytes. */
export type Plan = {
	change: Change;
	fresh: PairBytes;
	installed: PairBytes;
};

/** Plans the replacement of what is installed now. Rejects with Problem `unfinished` while a journal stands. */
export async function planInstallation(site: Site, fresh: PairBytes, {user, now}: {user: string; now: Date}): Promise<Plan> {
	if (await readJournal(site.layout)) {
		throw new Problem('unfinished', 'An earlier installation is not finished or undone yet.', `Run: tanos recover --root ${site.layout.root}`);
	}

	const installed = await readInstalled(site.layout);
	const id = stamp(now);
	const {running} = await site.services.state('taniumserver');
	return {
		fresh,
		installed,
		change: {
			id, user, phase: 'PREPARED', old: digestOf(installed), new: digestOf(fresh), wasRunning: running,
			backup: await backupNames(site.layout, site.identity.name, id),
		},
	};
}

/**
 * Carries a plan out, and ends in one of the outcomes; `report` shows each step. Rejects only with Problem `locked`. When it
 * resolves the key bytes of the plan are zeroed.
 */
export async function install(site: Site, plan: Plan, report: Report): Promise<Outcome> {
	const {layout} = site;
	await using _lock = await lockInstallation(layout);
	const outcome = await carryOut(site, plan, report);
	wipe(plan.fresh);
	wipe(plan.installed);
	return record(site, plan.change, outcome);
}

/** Writes the outcome down. That cannot change it any more: a full disk becomes a remark. */
async function record({layout}: Site, change: Change, outcome: Outcome): Promise<Outcome> {
	try {
		await keepOutcome(layout, outcomeInWords(outcome));
		await auditChange(layout, change, {event: 'installation-ended', outcome: outcome.kind});
		return outcome;
	} catch (error) {
		return outcome.kind === 'installed' ? {...outcome, remarks: [...outcome.remarks, `The outcome could not be logged: ${wordsOf(error)}`]} : outcome;
	}
}

async function auditChange(layout: Layout, {user, old, new: {leaf}}: Change, event: AuditEvent): Promise<void> {
	await audit(layout, {...event, user, old: old.leaf, new: leaf});
}

async function carryOut(site: Site, {change, fresh, installed}: Plan, report: Report): Promise<Outcome> {
	const begun: Step[] = [];
	try {
		if (await isStale(site, change)) {
			return {kind: 'stale', reason: 'The installed pair was changed by somebody else.', hint: 'Look at the installed certificate, then begin again.'};
		}

		await auditChange(site.layout, change, {event: 'installation-began'});
		for (const step of [...preparation(fresh, installed), ...switching]) {
			begun.push(step);
			await take(site, change, step, report);
		}

		return {kind: 'installed', change, remarks: []};
	} catch (error) {
		return endAfter(error, site, change, begun, report);
	}
}

async function isStale({layout}: Site, change: Change): Promise<boolean> {
	const now = await readInstalled(layout);
	const isStale = !isSame(digestOf(now), change.old);
	wipe(now);
	return isStale;
}

/** One step: its phase goes into the journal before it is applied. */
export async function take(site: Site, change: Change, step: Step, report: Report): Promise<void> {
	await report(step.title, async () => {
		if (step.phase) {
			await writeJournal(site.layout, {...change, phase: step.phase});
		}

		await step.apply(site, change);
	});
}

/** What a failure leads to, by how far the steps had come. */
export async function endAfter(error: unknown, site: Site, change: Change, begun: readonly Step[], report: Report): Promise<Outcome> {
	if (begun.at(-1)?.phase === 'COMMITTED') {
		return {kind: 'installed', change, remarks: [`What was left over could not all be removed: ${reasonOf(error).reason}`]};
	}

	if (begun.includes(firstTouching)) {
		return rollBack(site, change, begun.filter(step => touchingSteps.includes(step)), report, error);
	}

	await clear(site, change, begun);
	return {kind: 'refused', ...reasonOf(error)};
}

/** Takes back what the untouched service never saw. What cannot be removed now, recovery removes. */
async function clear(site: Site, change: Change, begun: readonly Step[]): Promise<void> {
	try {
		for (const action of begun.toReversed().flatMap(({undo}) => undo ?? [])) {
			await action.apply(site, change);
		}

		await tidy(site);
	} catch {
		// The reason for the refusal is the one to show.
	}
}

/** As `20261123-224800`, in UTC. */
function stamp(now: Date): string {
	return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
