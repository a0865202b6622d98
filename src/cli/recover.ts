import {exitCodes} from '../exit-codes.js';
import process from 'node:process';
import {readIdentity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {removeOutcome, describeOutcome} from '../installation/outcome.js';
import {recover} from '../installation/recovery.js';
import {problemIn} from '../problem.js';
import {sanitiseLines} from '../sanitise.js';
import {processServices} from '../services/processes.js';
import {whatIsWrong} from './bring-up.js';
import {layoutFor, print, printStep, type Command} from './command.js';
import {recoverDefinition} from './definitions/programs.js';
import {parseCall} from './parse-call.js';
import {siteOf} from './site.js';

/** `tanos recover`: completes or undoes an interrupted installation. */
export const recoverCommand: Command = async words => {
	const {values} = parseCall(recoverDefinition, words);
	const layout = layoutFor(values.root);
	try {
		return await recoverAppliance(layout);
	} catch (error) {
		const problem = problemIn(error);
		if (!problem || undecided.has(problem.code)) {
			throw error;
		}

		print(sanitiseLines(problem.message), sanitiseLines(problem.hint));
		return exitCodes.manualIntervention;
	}
};

/** Without an appliance there is nothing to recover, and while another session holds the lock nothing is interrupted. */
const undecided = new Set(['no-appliance', 'locked']);

async function recoverAppliance(layout: Layout): Promise<number> {
	const identity = await readIdentity(layout);
	for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {}); // Recovery runs to its end.
	}

	const site = siteOf(layout, identity, processServices(layout, identity.role));
	const outcome = await recover(site, printStep);
	if (!outcome) {
		print('No installation was interrupted. Nothing to do.');
		return exitCodes.done;
	}

	const notices = describeOutcome(outcome);
	print(...notices, ...(await whatIsWrong(site)));
	await removeOutcome(layout, notices);
	return outcome.kind === 'needs-hands' ? exitCodes.manualIntervention : exitCodes.done;
}
