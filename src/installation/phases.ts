// The state machine of a replacement: each phase of the journal with its steps, and what recovery does from there. Installing,
// rolling back and recovering only walk this table; a new phase is a new row.
import type {Change, Phase} from './change.js';
import {
	commit,
	place,
	preparation,
	publish,
	reload,
	retire,
	start,
	stop,
	swap,
	tryOut,
	verify,
	verifyOld,
	verifyStable,
	verifyStillConnected,
	type Action,
	type Pairs,
	type Step,
} from './steps.js';

type Row = {
	/** The journal enters this phase, synced, before the first of its steps. */
	phase: Phase;
	steps: readonly Step[];
	/** What recovery does when the new pair is in place. With any other pair it rolls back. */
	whenNewIsInPlace: 'continue' | 'roll-back';
	/** The steps that recovery undoes: those that may have begun when the journal was in this phase. */
	mayHaveBegun: {whenOldIsInPlace: readonly Step[]; otherwise: readonly Step[]};
};

/** The steps that stop, change or start the service. Their undo brings the old pair back into service. */
const serviceAffecting: readonly Step[] = [stop, swap, start, reload, verify, verifyStable, verifyStillConnected];
const toUndo: readonly Step[] = [publish, ...serviceAffecting];
const anyOfThem = {whenOldIsInPlace: toUndo, otherwise: toUndo};

const phaseTable: readonly Row[] = [
	// Its steps hold the bytes of both pairs and are therefore made by `preparation`. Recovery undoes them.
	{phase: 'PREPARING', steps: [], whenNewIsInPlace: 'roll-back', mayHaveBegun: {whenOldIsInPlace: [], otherwise: []}},
	// Recovery undoes it together with the preparation.
	{phase: 'PUBLISHED', steps: [publish], whenNewIsInPlace: 'roll-back', mayHaveBegun: {whenOldIsInPlace: [], otherwise: []}},
	{
		phase: 'PREPARED',
		steps: [tryOut, place, stop],
		whenNewIsInPlace: 'roll-back',
		// The old pair was not moved, so a service that runs need not be stopped.
		mayHaveBegun: {whenOldIsInPlace: [publish, stop], otherwise: toUndo},
	},
	{phase: 'SWITCHING', steps: [swap], whenNewIsInPlace: 'roll-back', mayHaveBegun: anyOfThem},
	{
		phase: 'SWITCHED',
		steps: [start, reload, verify, verifyStable, verifyStillConnected],
		whenNewIsInPlace: 'continue',
		mayHaveBegun: anyOfThem,
	},
	{phase: 'RETIRING', steps: [retire], whenNewIsInPlace: 'continue', mayHaveBegun: anyOfThem},
	{phase: 'COMMITTED', steps: [commit], whenNewIsInPlace: 'continue', mayHaveBegun: anyOfThem},
	{phase: 'ROLLING_BACK', steps: [], whenNewIsInPlace: 'roll-back', mayHaveBegun: anyOfThem},
];

/** A step with the phase that the journal enters before it, when it is the first of a phase. */
export type PhasedStep = {step: Step; phase?: Phase};

/** The steps of a change in this phase and in all later ones. */
export function stepsFrom(first: Phase, change: Change): PhasedStep[] {
	return phaseTable.slice(phaseTable.findIndex(({phase}) => phase === first)).flatMap(({phase, steps}) => {
		const own = ofChange(steps, change);
		return own.map((step, index) => (index === 0 ? {step, phase} : {step}));
	});
}

function ofChange(steps: readonly Step[], change: Change): Step[] {
	return steps.filter(({isIn}) => isIn?.(change) ?? true);
}

/** All steps of a change, for a journal in the phase PREPARING. */
export function allSteps(pairs: Pairs, change: Change): PhasedStep[] {
	return [...preparation(pairs).map(step => ({step})), ...stepsFrom('PUBLISHED', change)];
}

/** What recovery does with a change, from the phase that it is in. */
export function rowOf(change: Change): Pick<Row, 'whenNewIsInPlace' | 'mayHaveBegun'> {
	const {whenNewIsInPlace, mayHaveBegun} = phaseTable.find(({phase}) => phase === change.phase)!;
	const [whenOldIsInPlace, otherwise] = [ofChange(mayHaveBegun.whenOldIsInPlace, change), ofChange(mayHaveBegun.otherwise, change)];
	return {whenNewIsInPlace, mayHaveBegun: {whenOldIsInPlace, otherwise}};
}

/** Whether undoing this step brings the old pair back into service. */
export function affectsService(step: Step): boolean {
	return serviceAffecting.includes(step);
}

/** Whether the new pair is proven in this phase, so that a failure does not undo the change. */
export function isProvenIn(phase: Phase): boolean {
	return phase === 'RETIRING' || phase === 'COMMITTED';
}

/** Brings the pair that is in place into service and verifies it; writes nothing to the journal. */
export function startAndVerify(change: Change): readonly Action[] {
	return ofChange([start, reload, verify], change);
}

/** The step with which the server's outage begins. */
export const outageBegins: Action = stop;

/** The steps that prove that the outage is over, by how the change ended. */
export const proofs: Partial<Record<string, Action>> = {installed: verify, 'rolled-back': verifyOld};

/** The titles of a change's steps, for a review. */
export function titlesOf(change: Change): string[] {
	return allSteps({} as Pairs, change).map(({step}) => step.title(change));
}
