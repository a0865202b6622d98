import {parseArgs} from 'node:util';
import {readIdentity} from '../appliance/identity.js';
import {forgetOutcome, outcomeInWords} from '../installation/outcome.js';
import {recover} from '../installation/recovery.js';
import {processServices} from '../services/processes.js';
import {exitCodes, layoutFor, print, printStep, rootOption, type Command} from './command.js';

/** `tanos recover`: finishes or undoes what an interrupted installation began. */
export const recoverCommand: Command = async words => {
	const {values} = parseArgs({args: words, options: rootOption});
	const layout = layoutFor(values.root);
	const identity = await readIdentity(layout);
	const outcome = await recover({layout, identity, services: processServices(layout)}, printStep);
	if (!outcome) {
		print('No installation was interrupted. Nothing to do.');
		return exitCodes.done;
	}

	print(...outcomeInWords(outcome));
	await forgetOutcome(layout);
	return outcome.kind === 'needs-hands' ? exitCodes.needsHands : exitCodes.done;
};
