import {consoleOf} from '../appliance/identity.js';
import {fingerprintOf} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import {presentedBy} from '../services/probe.js';
import type {Site} from './change.js';

/**
 * Proves over a fresh TLS connection that the Tanium Server presents these certificates, its own first and none between them, given by
 * their fingerprints. Rejects with Problem `not-served`, which says what was presented instead, or with `no-answer`.
 */
export async function verifyServed({identity}: Site, chain: readonly string[]): Promise<void> {
	const presented = (await presentedBy(consoleOf(identity))).map(der => fingerprintOf(der));
	if (presented.slice(0, chain.length).join() !== chain.join()) {
		throw new Problem(
			'not-served',
			`The Tanium Server presents other certificates (SHA-256 ${presented.join(', ')}) than those in place (${chain.join(', ')}).`,
			`Look at what listens on port ${identity.ports.console}.`,
		);
	}
}
