// What happened on one appliance, and what it means.
import {exitCodes} from '../exit-codes.js';
import type {Look} from './served.js';
import type {ShownScreen} from './walk.js';

export const outcomes = {
	replaced: {exit: exitCodes.done, means: 'The new certificate is served, and the Module Server is registered.'},
	'already-served': {exit: exitCodes.done, means: 'This certificate is served already. Nothing was done.'},
	'dry-run': {exit: exitCodes.done, means: 'Dry run. Nothing was changed.'},
	failed: {exit: exitCodes.no, means: 'Nothing was changed.'},
	refused: {exit: exitCodes.no, means: 'The appliance did not install the pair. Nothing was changed.'},
	undone: {exit: exitCodes.no, means: 'The appliance put the old pair back, and it is served.'},
	stopped: {exit: exitCodes.no, means: 'The console showed something unexpected before anything was changed.'},
	unregistered: {
		exit: exitCodes.manualIntervention,
		means: 'The new certificate is served, but the Module Server is not registered with it. Register it again.',
	},
	'not-proven': {
		exit: exitCodes.manualIntervention,
		means: 'What the appliance says and what is served differ. Look at the appliance.',
	},
	manual: {exit: exitCodes.manualIntervention, means: 'The appliance says that it needs somebody.'},
	unfinished: {
		exit: exitCodes.manualIntervention,
		means: 'The job was not finished after the change had begun. Look at the appliance before you try again.',
	},
} as const satisfies Record<string, {exit: number; means: string}>;

type HostOutcome = keyof typeof outcomes;

/** One step, with the time when it was done, ISO 8601 in UTC. */
type DoneStep = {at: string; what: string};

export type HostReport = {
	host: string;
	/** Where the certificate is served, HOST:PORT. */
	console: string;
	outcome: HostOutcome;
	/** The certificates that were served before. */
	found?: Look;
	done: DoneStep[];
	screens: ShownScreen[];
	/** What was served at the end. */
	proven?: Look;
	/** Why it did not succeed, and what to do. */
	problem?: {code: string; message: string; hint: string};
	/** The name of the recording beside the report. */
	recording?: string;
};
