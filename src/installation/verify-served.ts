import {setTimeout as delay} from 'node:timers/promises';
import {Problem} from '../problem.js';
import {beginsWith, presentedFingerprints, type Served} from '../services/probe.js';
import type {Change, Site} from './change.js';
import {targetOf, type Target} from './target.js';

const pauseMs = 100;

/**
 * Proves over fresh TLS connections that the server presents these certificates, its own first and none between them, given by
 * their fingerprints, wherever it serves. Tries again for as long as the target may take. Rejects with Problem `not-served`, which says
 * what was presented instead, or with `no-answer`.
 */
export async function verifyServed({identity}: Site, change: Change, chain: readonly string[]): Promise<void> {
	const target = targetOf(change);
	const deadline = performance.now() + target.servesWithinMs;
	for (const where of target.endpoints(identity)) {
		for (;;) {
			const fault = await faultAt(where, target, chain);
			if (fault === undefined) {
				break;
			}

			if (performance.now() >= deadline) {
				throw fault;
			}

			await delay(pauseMs);
		}
	}
}

async function faultAt(where: Served, {server}: Target, chain: readonly string[]): Promise<Problem | undefined> {
	try {
		const presented = await presentedFingerprints(where);
		return beginsWith(presented, chain)
			? undefined
			: new Problem(
					'not-served',
					`The ${server} presents other certificates (SHA-256 ${presented.join(', ')}) than those in place (${chain.join(', ')}).`,
					`Look at what listens on port ${where.port}.`,
				);
	} catch (error) {
		if (error instanceof Problem) {
			return error;
		}

		throw error;
	}
}
