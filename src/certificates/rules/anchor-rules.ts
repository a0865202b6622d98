// The end of a chain when roots are given: at one of them.
import {readCertificate, type Certificate} from '../parse/certificate.js';
import type {Chain} from '../parse/chain.js';
import {formatName} from '../parse/distinguished-name.js';
import {tryParse} from '../parse/parse-error.js';
import {certificatesIn} from '../parse/pem.js';
import {Problem} from '../../problem.js';
import {listed} from '../../sanitise.js';
import {numbered} from './certificate-words.js';
import {refuse, warn, type FindingDraft} from './finding.js';

/** The roots in a PEM file. Those that cannot be parsed are skipped as long as others can be. Throws Problem `no-roots`. */
export function readRoots(ca: Buffer): Certificate[] {
	const roots: Certificate[] = [];
	for (const der of certificatesIn(ca)) {
		tryParse(() => {
			roots.push(readCertificate(der));
		});
	}

	if (roots.length === 0) {
		throw new Problem(
			'no-roots',
			'The given roots hold no certificate that can be read.',
			'Give a PEM file with the certificate of the root CA.',
		);
	}

	return roots;
}

/** Whether the chain ends at one of the given roots, and whether that one is a root at all. */
export function anchorFindings(chain: Chain, roots: readonly Certificate[]): FindingDraft[] {
	const top = chain.anchors.at(-1) ?? chain.path.at(-1)!;
	if (!roots.some(({der}) => der.equals(top.der))) {
		const given = `the roots are ${listed(roots.map(({subject}) => formatName(subject)))}`;
		return [
			refuse(
				'chain-broken',
				`The chain does not end at a given root: the issuer of ${numbered(top, chain)} is ${formatName(top.issuer)}; ${given}.`,
				'Add the missing intermediate certificates to the file, or give the root that this CA uses.',
			),
		];
	}

	return top.selfSigned
		? []
		: [
				warn(
					'anchor-not-root',
					`The chain ends at a given CA that is no root, as it is not self-signed: ${formatName(top.subject)}.`,
					`Clients usually trust roots only. Give the self-signed root as well: ${formatName(top.issuer)}.`,
				),
			];
}
