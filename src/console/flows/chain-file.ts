// The chain in a file of its own in /incoming. It becomes a part of the pair only when the user agrees.
import {auditOrKeep} from '../../appliance/audit.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {appendChain} from '../../certificates/conversion/append-chain.js';
import {Problem} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import type {ConsoleSession} from '../environment.js';
import {candidatesFor, type Candidate} from './candidates.js';
import {readIncoming} from './read-incoming.js';
import {originOf, type Uploads} from './uploads.js';

/** The uploads with a chain behind the certificate, the file that it came from, and the subjects that were added. */
export type Chained = {uploads: Uploads; name: string; added: string[]};

/** The one of these files of /incoming that continues the chain of the certificate furthest; undefined when none does. */
export async function findChain(session: ConsoleSession, uploads: Uploads, candidates: readonly Candidate[]): Promise<Chained | undefined> {
	let best: Chained | undefined;
	for (const {name} of candidatesFor('chain', candidates)) {
		const found = await chainFrom(session, uploads, name);
		best = (found?.added.length ?? 0) > (best?.added.length ?? 0) ? found : best;
	}

	return best;
}

/**
 * The uploads with the chain that a file of /incoming holds, in a copy of the certificate. Rejects with Problem `no-issuer` when nothing
 * in it continues the chain.
 */
export async function withChainFrom(session: ConsoleSession, uploads: Uploads, name: string): Promise<Uploads> {
	const chained = await chainFrom(session, uploads, name);
	if (chained === undefined) {
		throw new Problem(
			'no-issuer',
			`${sanitise(name)} holds no certificate that continues the chain of ${sanitise(uploads.certificate.name)}.`,
			'Name a file in /incoming with the certificates of the CA, in PEM, DER or PKCS#7.',
		);
	}

	await recordChain(session, chained);
	return chained.uploads;
}

/** Says in the audit log which file was used, as for a conversion. */
export async function recordChain({layout, user}: ConsoleSession, {name, added}: Chained): Promise<void> {
	await auditOrKeep(layout, {event: 'uploads-converted', user: user.name, done: [`From ${sanitise(name)}: ${added.join('; ')}`]});
}

async function chainFrom(session: ConsoleSession, uploads: Uploads, name: string): Promise<Chained | undefined> {
	const {certificate, origins} = uploads;
	const file = await readIncoming(session, name);
	if (certificate.state !== 'read' || file.state !== 'read') {
		return undefined;
	}

	const chained = appendChain(certificate.bytes, file.bytes, session.now());
	const from = originOf(session, file);
	zeroizeUpload(file);
	return (
		chained && {
			name,
			added: chained.added,
			uploads: {
				...uploads,
				certificate: {...certificate, bytes: chained.bytes},
				origins: {...origins, certificate: [...origins.certificate, ...from]},
			},
		}
	);
}
