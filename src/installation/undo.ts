import type {Change, Site} from './change.js';
import {writeJournal} from './journal.js';
import {reasonOf, type Outcome} from './outcome.js';
import {savedFolder} from './pair-files.js';
import {firstTouching, removeCopies, switching, tidy, type Step} from './steps.js';

/** Shows an action's title while it runs. Settles as the work does. */
export type Report = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

/** The steps whose effects are undone after a crash, whatever of them happened. */
export const touchingSteps = switching.slice(switching.indexOf(firstTouching));

/** Brings the old pair back into service after `reason`: undoes these steps, newest first. */
export async function rollBack(site: Site, change: Change, steps: readonly Step[], report: Report, reason: unknown): Promise<Outcome> {
	try {
		await enterRollback(site, change);
		for (const action of steps.toReversed().flatMap(({undo}) => undo ?? [])) {
			await report(action.title, async () => action.apply(site, change));
		}
	} catch (error) {
		return needsHands(site, change, reason, error);
	}

	try {
		await tidy(site);
	} catch {
		// The old pair serves, which is what counts; recovery removes the rest.
	}

	return {kind: 'rolled-back', ...reasonOf(reason), change};
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

function needsHands({layout}: Site, change: Change, reason: unknown, failure: unknown): Outcome {
	return {
		kind: 'needs-hands',
		headline: 'This needs your hands: neither the new nor the old pair could be brought into service.',
		reason: `Installing failed: ${reasonOf(reason).reason} Going back failed: ${reasonOf(failure).reason}`,
		hint: [
			`The old pair is in ${savedFolder(layout, change)}; the installed one is in ${layout.taniumServer}.`,
			`Mend the cause (${reasonOf(failure).hint || 'see the log'}), then run: tanos recover --root ${layout.root}`,
		].join('\n'),
	};
}
