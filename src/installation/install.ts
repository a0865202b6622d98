import {audit, type AuditEvent} from '../appliance/audit.js';
import {lockInstallation} from '../appliance/lock.js';
import {stamp} from '../appliance/stamp.js';
import {assertNoLinks} from './assert-no-links.js';
import {byOf, digestOf, findInstalled, readInstalled, type Change, type PairSource, type Site} from './change.js';
import {installedAttributes} from './installed-files.js';
import type {PairBytes} from './pair-bytes.js';
import {assertNoJournal, readJournal, recoveryCommand, writeJournal} from './journal.js';
import {ChangeRecorder} from './change-recorder.js';
import {cleanupFailed, reasonOf, withServerLog, type Ending} from './outcome.js';
import {assertCanOverlap, overlapNow} from './overlap.js';
import {uploadSources} from './pair-sources.js';
import {settlePending} from './pending-trust.js';
import {pairFault} from './pair-fault.js';
import {outgoingCopy} from './outgoing-keys.js';
import {claimNames, zeroize} from './pair-files.js';
import {affectsService, allSteps, isProvenIn, titlesOf, type PhasedStep} from './phases.js';
import {linesAbout} from './server-log.js';
import {settle, type Settled} from './settle.js';
import {reload, start, undoPreparation, type Step} from './steps.js';
import type {HostTarget} from './host-target.js';
import type {UnitName} from '../services/service.js';
import {recordedTarget, soap, targetOf, type Target} from './target.js';
import {rollBack, type Report} from './undo.js';

/** What an installation will do. The pair was checked, and these are its very bytes. */
export type Plan = {
	/** The names of its backups are found when it is carried out. */
	change: Change;
	fresh: PairBytes;
	installed: PairBytes;
	/** Why the server could not be started with the installed pair, so that a failure could not be undone. */
	installedFault: string | undefined;
};

export type NewPlan = {
	user: string;
	/** Where the user is: `console`, or an address. */
	from: string;
	/** Which pair is replaced; by default that of the Tanium Server. */
	target?: Target;
	/** The backup whose pair it is, when one is put back. */
	restores?: string;
	/** The id of an order of another appliance, by which its outcome is found: recordOfOperation(). */
	operation?: string;
	now: Date;
	/** The files that the pair came from, to be removed once it is installed; the two in /incoming, unless others are named. */
	origins?: PairSource[];
	/** Whether the Module Server is to trust both certificates meanwhile; it must be on this appliance, or in its array. */
	overlap?: boolean;
};

/** Plans the replacement of what is installed now. Rejects with Problem `unfinished` while a journal stands, or as assertNoLinks() does. */
export async function planInstallation(
	site: Site,
	fresh: PairBytes,
	{user, from, target = soap, restores, operation, now, origins, overlap = false}: NewPlan,
): Promise<Plan> {
	await assertNoJournal(site.layout);
	await assertNoLinks(site.layout, target);
	if (overlap) {
		await assertCanOverlap(site);
	}

	const installed = await readInstalled(site.layout, target);
	const {running} = await site.services.state(target.service);
	return {
		fresh,
		installed,
		installedFault: pairFault(installed),
		change: {
			id: stamp(now),
			user,
			from,
			...(target.host ? await ofHost(site, target, target.host) : {target: recordedTarget(target).target}),
			restores,
			operation,
			phase: 'PREPARING',
			old: digestOf(installed),
			new: digestOf(fresh),
			wasRunning: running,
			origins: origins ?? uploadSources(site.layout, target, fresh),
			backup: [],
			overlap: overlap ? await overlapNow(site, digestOf(fresh).leaf) : undefined,
		},
	};
}

/** What a change of a host holds besides. */
async function ofHost(site: Site, target: Target, host: HostTarget): Promise<Pick<Change, 'host' | 'units' | 'oldAttributes'>> {
	return {host, units: await unitsToStart(site, host), oldAttributes: await installedAttributes(site.layout, target)};
}

/** Those that run now: what a stop takes down with the unit, and what uses the same files. */
async function unitsToStart({services}: Site, {unit, units, apply}: HostTarget): Promise<UnitName[]> {
	const states = await Promise.all(units.map(async name => services.state(name)));
	const running = units.filter((_, index) => states[index]!.running);
	return [...new Set([...(apply === 'restart' ? await services.dependents(unit) : []), ...running])];
}

/**
 * Carries a plan out, and ends in one of the outcomes; `report` shows each step. Rejects only with Problem `locked`. When it
 * resolves the key bytes of the plan are zeroed.
 */
export async function install(site: Site, plan: Plan, report: Report): Promise<Settled> {
	if (plan.change.overlap) {
		await settlePending(site);
	}

	await using _lock = await lockInstallation(site.layout, byOf(plan.change));
	const recorder = await ChangeRecorder.begin(site, plan.change, {pems: [plan.installed.certificate, plan.fresh.certificate]});
	const ending = await carryOut(site, plan, recorder.timed(report));
	zeroize(plan.fresh);
	zeroize(plan.installed);
	return await settle(site, ending, {event: 'installation-ended', ...auditOf(plan.change)}, {recorder, change: plan.change});
}

function auditOf(change: Change): Omit<AuditEvent, 'event'> {
	return {...byOf(change), ...recordedTarget(targetOf(change)), old: change.old.leaf, new: change.new.leaf};
}

async function carryOut(site: Site, {change: planned, fresh, installed}: Plan, report: Report): Promise<Ending> {
	let change: Change;
	let copy;
	try {
		await assertNoLinks(site.layout, targetOf(planned));
		const why = await whyStale(site, planned);
		if (why) {
			return {outcome: {kind: 'stale', ...why}, finished: false};
		}

		copy = await outgoingCopy(site.layout, installed);
		const names = await claimNames(site.layout, targetOf(planned), site.identity.name, planned.id, copy.encryptedKey !== undefined);
		change = {...planned, ...names, encryptedKey: copy.encryptedKey};
	} catch (error) {
		return {outcome: {kind: 'refused', ...reasonOf(error)}, finished: false};
	}

	try {
		await writeJournal(site.layout, change);
		await audit(site.layout, {event: 'installation-began', ...auditOf(change), steps: titlesOf(change)});
	} catch (error) {
		return abandon(site, change, error);
	}

	return takeSteps(site, change, allSteps({fresh, installed, copy: copy.pair}, change), report);
}

/** Looked at again under the lock: whether the plan still fits what is there. */
async function whyStale({layout}: Site, change: Change): Promise<{reason: string; hint: string} | undefined> {
	if (await readJournal(layout)) {
		return {reason: 'An installation that began since then is not finished.', hint: `Run: ${recoveryCommand(layout)}`};
	}

	return (await findInstalled(layout, change)) === 'old'
		? undefined
		: {
				reason: 'Somebody else has changed the installed pair since you looked at it.',
				hint: 'Look at the installed certificate, then begin again.',
			};
}

/** Takes these steps to the end, or to what a failure leads to. `begun` are the steps that an interrupted run had begun. */
export async function takeSteps(
	site: Site,
	change: Change,
	steps: readonly PhasedStep[],
	report: Report,
	begun: Step[] = [],
): Promise<Ending> {
	const target = targetOf(change);
	let current = change;
	let logEnd = '';
	const remarks: string[] = [];
	try {
		for (const {step, phase} of steps) {
			begun.push(step);
			logEnd = step === start || step === reload ? await site.services.logEnd(target.service) : logEnd;
			const taken = report(step.title(change), async () => {
				if (phase) {
					current = {...change, phase};
					await writeJournal(site.layout, current);
				}

				await step.apply(site, change);
			});
			await (step.postpone ? taken.catch(async (error: unknown) => remarks.push(await step.postpone!(site, change, error))) : taken);
		}

		return {outcome: {kind: 'installed', change, remarks}, finished: true};
	} catch (error) {
		const lines = await linesAbout(error, site.services, target, logEnd); // Before the old pair is started, which logs more.
		return withServerLog(await endAfter(error, site, current, begun, report), lines);
	}
}

/** What a failure leads to, by how far the steps had come. */
async function endAfter(error: unknown, site: Site, change: Change, begun: readonly Step[], report: Report): Promise<Ending> {
	if (isProvenIn(change.phase)) {
		return {outcome: {kind: 'installed', change, remarks: [cleanupFailed(site, error)]}, finished: false};
	}

	return begun.some(step => affectsService(step)) ? rollBack(site, change, begun, report, error) : abandon(site, change, error);
}

/** Undoes the preparation after `reason`. What cannot be removed now is removed by recovery. */
export async function abandon(site: Site, change: Change, reason: unknown): Promise<Ending> {
	try {
		await undoPreparation(site, change);
		return {outcome: {kind: 'refused', ...reasonOf(reason)}, finished: true};
	} catch (error) {
		return {outcome: {kind: 'refused', ...reasonOf(reason), remarks: [cleanupFailed(site, error)]}, finished: false};
	}
}
