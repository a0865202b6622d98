import {fingerprintOf} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import {presentedBy} from '../services/probe.js';
import type {Change, Site} from './change.js';
import {targetOf} from './target.js';

/**
 * Proves over a fresh TLS connection that the server presents these certificates, its own first and none between them, given by
 * their fingerprints. Rejects with Problem `not-served`, which says what was presented instead, or with `no-answer`.
 */
export async function verifyServed({identity}: Site, change: Change, chain: readonly string[]): Promise<void> {
	const {server, endpoint} = targetOf(change);
	const where = endpoint(identity);
	const presented = (await presentedBy(where)).map(der => fingerprintOf(der));
	if (presented.slice(0, chain.length).join() !== chain.join()) {
		throw new Problem(
			'not-served',
			`The ${server} presents other certificates (SHA-256 ${presented.join(', ')}) than those in place (${chain.join(', ')}).`,
			`Look at what listens on port ${where.port}.`,
		);
	}
}
