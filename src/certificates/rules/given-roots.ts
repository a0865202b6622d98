import {X509Certificate} from 'node:crypto';
import {certificatesIn} from '../parse/pem.js';
import {warn, type FindingDraft} from './finding.js';

/** Says when what was given as roots holds none. Throws a Problem when it is not PEM. */
export function givenRootFindings(ca: Buffer | undefined): FindingDraft[] {
	const given = ca === undefined ? [] : certificatesIn(ca);
	return given.length === 0 || given.some(der => isSelfIssued(der))
		? []
		: [
				warn(
					'ca-not-root',
					'The file of roots (--ca) holds no root: none of its certificates is self-signed.',
					'Name the root certificate of the CA; clients trust roots, and an intermediate only if they were told to.',
				),
			];
}

/** What cannot be read counts as a root, because reading it is not the question here. */
function isSelfIssued(der: Buffer): boolean {
	try {
		const {subject, issuer} = new X509Certificate(der);
		return subject === issuer;
	} catch {
		return true;
	}
}
