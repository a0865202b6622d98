// A rollout: the pairs of several Tanium Servers are replaced one after another. The first is changed alone. After it, the next begins once
// the one before it is proven, so that their settle times overlap: at most two are unsettled, and never two that share a Module Server.
import {lockIfFree} from '../appliance/lock.js';
import type {Site} from '../installation/change.js';
import {Problem} from '../problem.js';
import {Run, type Wanted} from './rollout-run.js';
import type {Rollout} from './stored-rollout.js';

/** Takes the lock under which one rollout is carried out. Rejects with Problem `locked`. */
export async function lockRollout(site: Site): Promise<AsyncDisposable> {
	const lock = await lockIfFree(site.layout, 'rollout');
	if (!lock) {
		throw new Problem('locked', 'Another session is carrying out a rollout.', 'Wait until it has ended. See: soap rollout --status');
	}

	return lock;
}

/**
 * Carries the stored rollout on, from wherever it is, until it has ended or a server fails; then the servers that are changed already are
 * kept or get their old pairs back, as was chosen. Servers that failed before are tried again, unless they need manual intervention. Call
 * it under lockRollout(). Resolves with the rollout; `ended` is null when it can be resumed. Rejects with Problem `no-rollout`, `stale` or
 * `no-array`.
 */
export async function carryOn(site: Site, wanted: Wanted): Promise<Rollout> {
	const run = await Run.of(site, wanted);
	await run.learnOutcomes();
	if (!run.rollout.isUndoing) {
		await run.changeAll();
	}

	if (run.rollout.isUndoing) {
		await run.undoAll();
	}

	return run.finish();
}

/**
 * Puts the old pair back on each server that the stored rollout has changed, the last one first, unless another pair was installed there
 * since. As carryOn() otherwise; rejects with Problem `compromised` when the old keys may be known to others.
 */
export async function undoRollout(site: Site, wanted: Wanted): Promise<Rollout> {
	const run = await Run.of(site, wanted);
	if (run.rollout.isCompromised) {
		throw new Problem('compromised', 'The old keys may be known to others, so they are not put back.', 'Go on: --resume. Or: --forget');
	}

	await run.learnOutcomes();
	await run.undoAll();
	return run.finish();
}
