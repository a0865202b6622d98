import path from 'node:path';
import {Problem} from '../problem.js';
import {findInstalled, type Change, type Site} from './change.js';
import {writeJournal} from './journal.js';
import {reasonOf, type Outcome} from './outcome.js';
import {loadPair, pairIn, savedFolder, storePair, zeroize, type PairFiles} from './pair-files.js';
import {removeCopies, tidy, type Step} from './steps.js';

/** Shows an action's title while it runs. Settles as the work does. */
export type Report = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

/** Brings the old pair back into service after `reason`: undoes these steps, newest first. */
export async function rollBack(site: Site, change: Change, steps: readonly Step[], report: Report, reason: unknown): Promise<Outcome> {
	try {
		await needOldPair(site, change); // Before anything is stopped.
		await enterRollback(site, change);
		for (const action of steps.toReversed().flatMap(({undo}) => undo ?? [])) {
			await report(action.title, async () => action.apply(site, change));
		}
	} catch (error) {
		return manualIntervention(site, change, reason, error);
	}

	try {
		await tidy(site);
	} catch {
		// The old pair serves, which is what counts; recovery removes the rest.
	}

	return {kind: 'rolled-back', ...reasonOf(reason), change};
}

/** Makes sure that there is something to go back to: in place, saved, or in /outgoing. Rejects with Problem `no-old-pair`. */
async function needOldPair({layout}: Site, change: Change): Promise<void> {
	if ((await findInstalled(layout, change)) === 'old') {
		return;
	}

	const saved = savedFolder(layout, change);
	if (await holds(pairIn(saved), change)) {
		return;
	}

	const [certificate = '', key = ''] = change.backup.map(name => path.join(layout.outgoing, name));
	if (await holds({certificate, key}, change)) {
		const pair = await loadPair({certificate, key}, change.old);
		await storePair(saved, pair);
		zeroize(pair);
		return;
	}

	throw new Problem(
		'no-old-pair',
		`The old pair is neither in ${saved} nor in ${layout.outgoing}, and it is not in place.`,
		'Put it back into one of them. What runs now was left running.',
	);
}

async function holds(files: PairFiles, change: Change): Promise<boolean> {
	try {
		zeroize(await loadPair(files, change.old));
		return true;
	} catch {
		return false;
	}
}

/**
 * Makes room first: on a full disk the copies of the new pair are the blocks that going back needs. That the journal cannot
 * be written does not stop it: every phase before this one leads to going back, too, once the old pair is in place.
 */
async function enterRollback(site: Site, change: Change): Promise<void> {
	await removeCopies(site);
	try {
		await writeJournal(site.layout, {...change, phase: 'ROLLING_BACK'});
	} catch {
		// See above.
	}
}

function manualIntervention({layout}: Site, change: Change, reason: unknown, failure: unknown): Outcome {
	return {
		kind: 'needs-hands',
		headline: 'This needs your hands: neither the new nor the old pair could be brought into service.',
		reason: `Installing failed: ${reasonOf(reason).reason} Going back failed: ${reasonOf(failure).reason}`,
		hint: [
			reasonOf(failure).hint,
			`The old pair belongs in ${savedFolder(layout, change)}; the installed one is in ${layout.taniumServer}; `
				+ `the logs are in ${layout.taniumServerLogs}.`,
			`When the cause is fixed, run: tanos recover --root ${layout.root}`,
		]
			.filter(words => words !== '')
			.join('\n'),
	};
}
