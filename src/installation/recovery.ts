import {readdir} from 'node:fs/promises';
import path from 'node:path';
import type {Layout} from '../appliance/layout.js';
import {lockInstallation} from '../appliance/lock.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import {findInstalled, installedDigest, type Change, type Site} from './change.js';
import {takeSteps} from './install.js';
import {readJournal} from './journal.js';
import {reasonOf, record, type Outcome} from './outcome.js';
import {sideFiles} from './pair-files.js';
import {rowOf, startAndVerify, stepsFrom} from './phases.js';
import {removeCopies} from './steps.js';
import {rollBack, type Report} from './undo.js';

const untouched = 'This needs your hands. Nothing was touched.';
const interrupted = new Problem('interrupted', 'The installation was interrupted.');

/**
 * Finishes or undoes what an interrupted installation began, by what the journal and the installed files say. Resolves with
 * how that ended, or with undefined when nothing was under way. Rejects only with Problem `locked`: it is still under way.
 */
export async function recover(site: Site, report: Report): Promise<Outcome | undefined> {
	if (!(await hasTraces(site.layout))) {
		return undefined;
	}

	await using _lock = await lockInstallation(site.layout);
	const outcome = await recoverLocked(site, report);
	return outcome && (await record(site.layout, outcome, {event: 'installation-recovered', outcome: outcome.kind}));
}

/** Whether an installation is under way or left something behind. */
async function hasTraces(layout: Layout): Promise<boolean> {
	const folders = await Promise.all([namesIn(layout.state), namesIn(layout.taniumServer)]);
	const traces = [layout.journal, layout.staging, ...Object.values(sideFiles(layout))].map(file => path.basename(file));
	return folders.flat().some(name => traces.includes(name));
}

async function namesIn(folder: string): Promise<string[]> {
	return (await ifPresent(async () => readdir(folder))) ?? [];
}

async function recoverLocked(site: Site, report: Report): Promise<Outcome | undefined> {
	try {
		const change = await readJournal(site.layout);
		return change ? await recoverChange(site, change, report) : await removeStrays(site);
	} catch (error) {
		return {kind: 'needs-hands', headline: untouched, ...reasonOf(error)};
	}
}

/** No journal: whatever lies in staging or beside the pair was never going to be used. */
async function removeStrays(site: Site): Promise<undefined> {
	await removeCopies(site);
}

async function recoverChange(site: Site, change: Change, report: Report): Promise<Outcome> {
	const found = await findInstalled(site.layout, change);
	if (found === 'unknown') {
		return foreign(site, change);
	}

	const {whenNewIsInPlace, mayHaveBegun} = rowOf(change.phase);
	if (found === 'new' && whenNewIsInPlace === 'continue') {
		return change.phase === 'COMMITTED' ? complete(site, change, report) : resume(site, change, report);
	}

	return rollBack(site, change, found === 'old' ? mayHaveBegun.whenOldIsInPlace : mayHaveBegun.otherwise, report, interrupted);
}

/** The new pair is in place: takes the steps from the journal's phase on. */
async function resume(site: Site, change: Change, report: Report): Promise<Outcome> {
	const left = stepsFrom(change.phase);
	const begun = rowOf(change.phase).mayHaveBegun.otherwise.filter(step => !left.some(other => other.step === step));
	return takeSteps(site, change, left, report, begun);
}

/** The new pair was verified before, so only the removals are left. The service is started in case the machine went down with it. */
async function complete(site: Site, change: Change, report: Report): Promise<Outcome> {
	const remarks: string[] = [];
	try {
		for (const {title, apply} of startAndVerify) {
			await report(title, async () => apply(site, change));
		}
	} catch (error) {
		remarks.push(`But it does not serve now: ${reasonOf(error).reason}`);
	}

	const ended = await resume(site, change, report);
	return ended.kind === 'installed' ? {...ended, remarks: [...remarks, ...ended.remarks]} : ended;
}

async function foreign({layout}: Site, change: Change): Promise<Outcome> {
	const found = await installedDigest(layout);
	return {
		kind: 'needs-hands',
		headline: untouched,
		reason: [
			`The pair in ${layout.taniumServer} is neither the one from before the interrupted installation nor the new one.`,
			`SHA-256 of the certificates: found ${found?.leaf ?? 'no whole pair'}, before ${change.old.leaf}, new ${change.new.leaf}.`,
		].join('\n'),
		hint: `The pair from before is in ${layout.backups}/${change.id}. Put the right pair in place, then remove ${layout.journal}.`,
	};
}
