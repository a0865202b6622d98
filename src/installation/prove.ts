import {fingerprintOf} from '../certificates/pem.js';
import {Problem} from '../problem.js';
import {presentedBy} from '../services/probe.js';
import type {Site} from './change.js';

/**
 * Proves over a fresh TLS connection that the Tanium Server presents the certificate with this fingerprint. Rejects with
 * Problem `not-served`, which says what was presented instead, or with `no-answer`.
 */
export async function proveServed({identity}: Site, leaf: string): Promise<void> {
	const [presented] = await presentedBy({port: identity.ports.console, servername: identity.name});
	const found = presented ? fingerprintOf(presented) : 'nothing';
	if (found !== leaf) {
		throw new Problem(
			'not-served',
			`The Tanium Server presents another certificate (SHA-256 ${found}) than the one in place (${leaf}).`,
			`Look at what listens on port ${identity.ports.console}.`,
		);
	}
}
