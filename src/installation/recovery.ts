import {lstat, unlink} from 'node:fs/promises';
import {abandonedIn} from '../appliance/atomic-file.js';
import type {Layout} from '../appliance/layout.js';
import {lockInstallation} from '../appliance/lock.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import {findInstalled, installedDigest, type Change, type PairDigest, type Site} from './change.js';
import {ChangeRecorder} from './change-recorder.js';
import {abandon, takeSteps} from './install.js';
import {sideFiles} from './installed-files.js';
import {readJournal} from './journal.js';
import {reasonOf, withRemarks, type Ending, type Outcome} from './outcome.js';
import {isProvenIn, rowOf, startAndVerify, stepsFrom} from './phases.js';
import {settle, type Settled} from './settle.js';
import {removeCopies} from './steps.js';
import {targetOf, targets} from './target.js';
import {rollBack, type Report} from './undo.js';

const untouched = 'Manual intervention is needed. Nothing was touched.';
const interrupted = new Problem('interrupted', 'The installation was interrupted.');

/**
 * Finishes or undoes what an interrupted installation began, by what the journal and the installed files say. Resolves with
 * how that ended, or with undefined when nothing was under way. Rejects only with Problem `locked`: it is still under way.
 */
export async function recover(site: Site, report: Report): Promise<Settled | undefined> {
	if (!(await hasTraces(site.layout))) {
		return undefined;
	}

	await using _lock = await lockInstallation(site.layout, {user: 'recovery', from: 'console'});
	try {
		const change = await readJournal(site.layout);
		return change ? await recoverRecorded(site, change, report) : await removeStrays(site);
	} catch (error) {
		return await settle(site, failed(error), {event: 'installation-recovered'});
	}
}

async function recoverRecorded(site: Site, change: Change, report: Report): Promise<Settled> {
	const recorder = await ChangeRecorder.begin(site, change, {isRecovery: true});
	const ending = await recoverLocked(site, change, recorder.timed(report));
	return settle(site, ending, {event: 'installation-recovered'}, {recorder, change});
}

function failed(error: unknown): Ending {
	return {outcome: {kind: 'needs-hands', headline: untouched, ...reasonOf(error)}, finished: false};
}

/** Whether an installation is under way or left something behind. */
async function hasTraces(layout: Layout): Promise<boolean> {
	const traces = await Promise.all(
		[layout.journal, layout.staging, ...targets.flatMap(target => Object.values(sideFiles(layout, target)))].map(exists),
	);
	return traces.includes(true) || (await abandonedFiles(layout)).length > 0;
}

async function exists(file: string): Promise<boolean> {
	return (await ifPresent(async () => lstat(file))) !== undefined;
}

/** Files that a process was killed at before it renamed them. */
async function abandonedFiles({state, settings, taniumServer, moduleServer, outgoing, run, records}: Layout): Promise<string[]> {
	return (await Promise.all([state, settings, taniumServer, moduleServer, outgoing, run, records].map(abandonedIn))).flat();
}

async function recoverLocked(site: Site, change: Change, report: Report): Promise<Ending> {
	try {
		await removeAbandoned(site.layout);
		return await recoverChange(site, change, report);
	} catch (error) {
		return failed(error);
	}
}

/** Removes what it can. What stays does no harm. */
async function removeAbandoned(layout: Layout): Promise<void> {
	for (const file of await abandonedFiles(layout)) {
		await unlink(file).catch(() => undefined);
	}
}

/** No journal: whatever is in staging or beside the pair will never be used. */
async function removeStrays(site: Site): Promise<undefined> {
	await removeAbandoned(site.layout);
	for (const target of targets) {
		await removeCopies(site, target);
	}
}

async function recoverChange(site: Site, change: Change, report: Report): Promise<Ending> {
	if (change.phase === 'PREPARING' || change.phase === 'PUBLISHED') {
		return recoverPreparation(site, change);
	}

	const found = await findInstalled(site.layout, change);
	if (found === 'unknown') {
		return foreign(site, change);
	}

	const {whenNewIsInPlace, mayHaveBegun} = rowOf(change);
	if (found === 'new' && whenNewIsInPlace === 'continue') {
		return isProvenIn(change.phase) ? complete(site, change, report) : resume(site, change, report);
	}

	return rollBack(site, change, found === 'old' ? mayHaveBegun.whenOldIsInPlace : mayHaveBegun.otherwise, report, interrupted);
}

/** The server was not touched yet. When it does not run, something else stopped it. */
async function recoverPreparation(site: Site, change: Change): Promise<Ending> {
	const {server, service} = targetOf(change);
	const {outcome, finished} = await abandon(
		site,
		change,
		new Problem('interrupted', `The installation was interrupted before the ${server} was stopped.`),
	);
	const {running} = await site.services.state(service);
	const remarks =
		change.wasRunning && !running ? [`The ${server} ran when the installation began, and does not run now. Start it: 2-1`] : [];
	return {outcome: withRemarks(outcome, remarks), finished};
}

/** The new pair is in place: takes the steps from the journal's phase on. */
async function resume(site: Site, change: Change, report: Report): Promise<Ending> {
	const left = stepsFrom(change.phase, change);
	const begun = rowOf(change).mayHaveBegun.otherwise.filter(step => !left.some(other => other.step === step));
	return takeSteps(site, change, left, report, begun);
}

/** The new pair was verified before, so only the removals are left. The service is started in case the machine went down with it. */
async function complete(site: Site, change: Change, report: Report): Promise<Ending> {
	const remarks: string[] = [];
	try {
		for (const {title, apply} of startAndVerify(change)) {
			await report(title(change), async () => apply(site, change));
		}
	} catch (error) {
		remarks.push(`But it does not serve now: ${reasonOf(error).reason}`);
	}

	const {outcome, finished} = await resume(site, change, report);
	return {outcome: withRemarks(outcome, remarks), finished};
}

async function foreign(site: Site, change: Change): Promise<Ending> {
	const {layout} = site;
	const target = targetOf(change);
	const {running} = await site.services.state(target.service);
	const outcome: Outcome = {
		kind: 'needs-hands',
		headline: `${untouched} The ${target.server} ${running ? 'runs' : 'does not run'}.`,
		reason: [
			`The pair in ${target.folder(layout)} is neither the one from before the interrupted installation nor the new one.`,
			...differences(change, await installedDigest(layout, target)),
		].join('\n'),
		hint: `The pair from before is in ${layout.backups}/${change.id}. Put the right pair in place, then remove ${layout.journal}.`,
	};
	return {outcome, finished: false};
}

/** Names the files that differ; a certificate by its fingerprint, a key by nothing. */
function differences({old, new: fresh}: Change, found: PairDigest | undefined): string[] {
	if (!found) {
		return ['One of the files is missing.'];
	}

	const known = (part: 'certificate' | 'key' | 'chainFile') => found[part] === old[part] || found[part] === fresh[part];
	return [
		...(known('certificate') ? [] : [`SHA-256 of the certificates: found ${found.leaf}, before ${old.leaf}, new ${fresh.leaf}.`]),
		...(known('key') ? [] : ['The key file is neither of the two.']),
		...(known('chainFile') ? [] : ['The chain file is neither of the two.']),
	];
}
