import type {Change, Site} from './change.js';
import {writeJournal} from './journal.js';
import {reasonOf, type Outcome} from './outcome.js';
import {savedFolder} from './pair-files.js';
import {firstTouching, switching, tidy, type Step} from './steps.js';

/** Shows an action's title while it runs. Settles as the work does. */
export type Report = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

/** The steps whose effects are undone after a crash, whatever of them happened. */
export const touchingSteps = switching.slice(switching.indexOf(firstTouching));

/** Brings the old pair back into service after `reason`: undoes these steps, newest first. */
export async function rollBack(site: Site, change: Change, steps: readonly Step[], report: Report, reason: unknown): Promise<Outcome> {
	try {
		await writeJournal(site.layout, {...change, phase: 'ROLLING_BACK'});
		for (const action of steps.toReversed().flatMap(({undo}) => undo ?? [])) {
			await report(action.title, async () => action.apply(site, change));
		}

		await tidy(site);
		return {kind: 'rolled-back', ...reasonOf(reason), change};
	} catch (error) {
		return needsHands(site, change, reason, error);
	}
}

function needsHands({layout}: Site, change: Change, reason: unknown, failure: unknown): Outcome {
	return {
		kind: 'needs-hands',
		reason: `Installing failed: ${reasonOf(reason).reason} Going back failed: ${reasonOf(failure).reason}`,
		hint: [
			`The old pair is in ${savedFolder(layout, change)}; the installed one is in ${layout.taniumServer}.`,
			`Mend the cause (${reasonOf(failure).hint || 'see the log'}), then run: tanos recover --root ${layout.root}`,
		].join('\n'),
	};
}
