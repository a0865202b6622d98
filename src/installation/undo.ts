// The rollback: brings the old pair back into service, and says what is true afterwards.
import {findInstalled, type Change, type Site} from './change.js';
import {holdsOldPair} from './installed-files.js';
import {recoveryCommand, writeJournal} from './journal.js';
import {cleanupFailed, reasonOf, type Ending, type Outcome} from './outcome.js';
import {savedFolder} from './pair-files.js';
import {describeStanding, isAsBefore, standing, type Standing} from './standing.js';
import {removeCopies, type Step} from './steps.js';
import {targetOf} from './target.js';
import {messageWithHint, Problem} from '../problem.js';

/** Shows an action's title while it runs. Settles as the work does. */
export type Report = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * Brings the old pair back into service after `reason`: undoes these steps, newest first. No failure on the way keeps a later action
 * from being tried; how it ended is decided by what is in place and what is served then. Never rejects.
 */
export async function rollBack(site: Site, change: Change, steps: readonly Step[], report: Report, reason: unknown): Promise<Ending> {
	await enterRollback(site, change);
	const failures = (await holdsOldPair(site.layout, change))
		? await undo(site, change, steps, report)
		: [noOldPair(site, change), ...(await startWhatIsInPlace(site, change, report))];
	const leftover = await failureOf(async () => removeCopies(site, targetOf(change)));
	const now = await standing(site, change);
	if (!isAsBefore(now, change)) {
		return {outcome: manualIntervention(site, change, now, [reason, ...failures]), finished: false};
	}

	const remarks = [
		...failures.filter(failure => failure instanceof Problem && failure.code === 'not-withdrawn').map(failure => messageWithHint(failure)),
		...(leftover === undefined ? [] : [cleanupFailed(site, leftover)]),
	];
	return {outcome: {kind: 'rolled-back', ...reasonOf(reason), change, remarks}, finished: leftover === undefined};
}

/**
 * Makes room first: on a full disk the copies of the new pair are the blocks that going back needs. That they cannot be removed, or
 * that the journal cannot be written, does not stop it: every phase before this one leads to going back, too, once the old pair is in
 * place.
 */
async function enterRollback(site: Site, change: Change): Promise<void> {
	await failureOf(async () => removeCopies(site, targetOf(change)));
	await failureOf(async () => writeJournal(site.layout, {...change, phase: 'ROLLING_BACK'}));
}

/** Resolves with what failed. */
async function undo(site: Site, change: Change, steps: readonly Step[], report: Report): Promise<unknown[]> {
	const failures: unknown[] = [];
	for (const action of steps
		.toReversed()
		.flatMap(step => step.undo ?? [])
		.filter(({isIn}) => isIn?.(change) ?? true)) {
		if (!action.needsOldPair || (await isOldInPlace(site, change))) {
			failures.push(await failureOf(async () => report(action.title(change), async () => action.apply(site, change))));
		}
	}

	const others = (await isOldInPlace(site, change)) ? [] : await startWhatIsInPlace(site, change, report);
	return [...failures, ...others].filter(failure => failure !== undefined);
}

/** The old pair cannot be put back: any pair that serves is better than none. */
async function startWhatIsInPlace({services}: Site, change: Change, report: Report): Promise<unknown[]> {
	const {service} = targetOf(change);
	const failure = await failureOf(async () => {
		if (change.wasRunning && !(await services.state(service)).running) {
			await report(`Start ${service} with the pair in place`, async () => services.start(service));
		}
	});
	return failure === undefined ? [] : [failure];
}

async function isOldInPlace({layout}: Site, change: Change): Promise<boolean> {
	try {
		return (await findInstalled(layout, change)) === 'old';
	} catch {
		return false;
	}
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
	try {
		await work();
		return undefined;
	} catch (error) {
		return error;
	}
}

function noOldPair({layout}: Site, change: Change): Problem {
	const {isCopied} = targetOf(change);
	const places = isCopied ? `neither in ${savedFolder(layout, change)} nor in ${layout.outgoing}` : `not in ${savedFolder(layout, change)}`;
	return new Problem(
		'no-old-pair',
		`The old pair is ${places}, and it is not in place.`,
		`Put it back into ${isCopied ? 'one of them' : 'that folder'}.`,
	);
}

function manualIntervention({layout}: Site, change: Change, now: Standing, [reason, ...failures]: unknown[]): Outcome {
	const [first] = failures;
	const target = targetOf(change);
	return {
		kind: 'needs-hands',
		headline: `Manual intervention is needed. ${describeStanding(now, change)}.`,
		reason: [
			`Installing failed: ${reasonOf(reason).reason}`,
			...failures.map(failure => `Going back failed: ${reasonOf(failure).reason}`),
		].join('\n'),
		hint: [
			first === undefined ? '' : reasonOf(first).hint,
			`The old pair belongs in ${savedFolder(layout, change)}; the installed one is in ${target.folder(layout)}; `
				+ `the logs are in ${target.logs(layout)}.`,
			`When the cause is fixed, run: ${recoveryCommand(layout)}`,
		]
			.filter(words => words !== '')
			.join('\n'),
	};
}
