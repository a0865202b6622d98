// What the console's port presents to anybody, which alone decides whether the pair was replaced.
import {setTimeout as pause} from 'node:timers/promises';
import {Problem} from '../problem.js';
import {beginsWith, presentedFingerprints, type Served} from '../services/probe.js';

/** Milliseconds between two looks at a server that restarts. */
const intervalMs = 500;

/** A chain that was presented over TLS, as SHA-256 fingerprints, the server's own certificate first. */
export type Look = {at: string; chain: string[]; reason?: string};

/** What is presented now. Never rejects for a server that does not answer: the chain is empty then, and the reason says why. */
export async function lookAt(served: Served): Promise<Look> {
	try {
		const chain = await presentedFingerprints(served);
		return {at: new Date().toISOString(), chain};
	} catch (error) {
		if (error instanceof Problem) {
			return {at: new Date().toISOString(), chain: [], reason: error.message};
		}

		throw error;
	}
}

/** Looks until these certificates are presented, or the seconds are over. Resolves with the last look. */
export async function lookUntil(served: Served, expected: readonly string[], seconds: number): Promise<Look> {
	const end = performance.now() + seconds * 1000;
	for (;;) {
		const look = await lookAt(served);
		if (beginsWith(look.chain, expected) || performance.now() >= end) {
			return look;
		}

		await pause(intervalMs);
	}
}
