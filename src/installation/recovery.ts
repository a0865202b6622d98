import {rm} from 'node:fs/promises';
import {audit} from '../appliance/audit.js';
import {lockInstallation} from '../appliance/lock.js';
import {Problem} from '../problem.js';
import {findInstalled, type Change, type Site} from './change.js';
import {endAfter, take} from './install.js';
import {readJournal} from './journal.js';
import {keepOutcome, outcomeInWords, reasonOf, type Outcome} from './outcome.js';
import {removeBeside} from './pair-files.js';
import {firstAfterSwap, switching, tidy, type Step} from './steps.js';
import {rollBack, touchingSteps, type Report} from './undo.js';

const interrupted = new Problem('interrupted', 'The installation was interrupted.');

/**
 * Finishes or undoes what an interrupted installation began, by what the journal and the installed files say. Resolves with
 * how that ended, or with undefined when nothing was under way. Rejects only with Problem `locked`: it is still under way.
 */
export async function recover(site: Site, report: Report): Promise<Outcome | undefined> {
	await using _lock = await lockInstallation(site.layout);
	const outcome = await recoverLocked(site, report);
	if (outcome) {
		await audit(site.layout, {event: 'installation-recovered', outcome: outcome.kind});
		await keepOutcome(site.layout, outcomeInWords(outcome));
	}

	return outcome;
}

async function recoverLocked(site: Site, report: Report): Promise<Outcome | undefined> {
	try {
		const change = await readJournal(site.layout);
		return change ? await recoverChange(site, change, report) : await removeStrays(site);
	} catch (error) {
		return {kind: 'needs-hands', ...reasonOf(error)};
	}
}

/** No journal: whatever lies in staging or beside the pair was never going to be used. */
async function removeStrays({layout}: Site): Promise<undefined> {
	await removeBeside(layout);
	await rm(layout.staging, {recursive: true, force: true});
}

async function recoverChange(site: Site, change: Change, report: Report): Promise<Outcome> {
	const found = await findInstalled(site.layout, change);
	if (found === 'unknown') {
		return foreign(site, change);
	}

	if (change.phase === 'COMMITTED' && found === 'new') {
		return goOn(site, change, switching.slice(-1), report);
	}

	if (change.phase === 'SWITCHED' && found === 'new') {
		return goOn(site, change, switching.slice(switching.indexOf(firstAfterSwap)), report);
	}

	if (change.phase === 'PREPARED' && found === 'old') {
		return abandon(site, change, report);
	}

	return rollBack(site, change, touchingSteps, report, interrupted);
}

/** The new pair is in place: takes the steps that are left. */
async function goOn(site: Site, change: Change, left: readonly Step[], report: Report): Promise<Outcome> {
	const begun = [...touchingSteps.filter(step => !left.includes(step))];
	try {
		for (const step of left) {
			begun.push(step);
			await take(site, change, step, report);
		}

		return {kind: 'installed', change, remarks: []};
	} catch (error) {
		return endAfter(error, site, change, begun, report);
	}
}

/** The old pair was never moved, but the service may have been stopped. */
async function abandon(site: Site, change: Change, report: Report): Promise<Outcome> {
	for (const action of touchingSteps[0]?.undo ?? []) {
		await report(action.title, async () => action.apply(site, change));
	}

	await tidy(site);
	return {kind: 'rolled-back', ...reasonOf(interrupted), change};
}

function foreign({layout}: Site, change: Change): Outcome {
	return {
		kind: 'needs-hands',
		reason: `The pair in ${layout.taniumServer} is neither the one from before the interrupted installation (SHA-256 ${change.old.leaf}) nor the new one (${change.new.leaf}).`,
		hint: `Nothing was touched. The pair from before is in ${layout.backups}/${change.id}. Put the right pair in place, then remove ${layout.journal}.`,
	};
}
