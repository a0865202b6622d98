import type {Certificate} from '../parse/certificate.js';
import {normalHost, shownName} from '../parse/host-names.js';
import {listed, sanitise} from '../../sanitise.js';
import {warn, type FindingDraft} from './finding.js';

/**
 * A warning about names that the installed certificate has and the new one lacks. `required` ones are left out: that they are missing is
 * an error of its own.
 */
export function lostNameFindings({subjectAltName}: Certificate, installed: readonly string[], required: readonly string[]): FindingDraft[] {
	const kept = new Set([
		...(subjectAltName?.hosts ?? []).map(({value}) => normalHost(sanitise(shownName(value)))),
		...required.map(host => normalHost(host)),
	]);
	const lost = installed.filter(name => !kept.has(normalHost(name)));
	return lost.length === 0
		? []
		: [
				warn(
					'names-lost',
					`The installed certificate has names that this one lacks: ${listed(lost)}.`,
					'Clients that reach the server by them will refuse it. If a name is still in use, have a certificate with it issued.',
				),
			];
}
