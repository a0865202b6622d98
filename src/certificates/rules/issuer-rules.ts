import {signatureAlgorithm} from '../parse/algorithms.js';
import {isAuthority, type Certificate} from '../parse/certificate.js';
import {isNamedIssuer} from '../parse/chain.js';
import {commonNamesIn, formatName} from '../parse/distinguished-name.js';
import type {HostEntry} from '../parse/extensions.js';
import {refuse, type FindingDraft} from './finding.js';
import {nameRuledOut} from '../parse/name-constraints.js';
import {listed, quoted} from '../../sanitise.js';
import {inUtc} from '../describe/format-time.js';

/** Whether a certificate may issue the one below it; `below` is the number of authorities between it and the server's. */
export function issuerFindings(issuer: Certificate, below: number, at: Date, subject: string): FindingDraft[] {
	return [...fitness(issuer, below, subject), ...validity(issuer, at, subject), ...algorithm(issuer, subject)];
}

/** Whether an authority may issue certificates for the names of those below it, the server's first. */
export function constraintFindings({nameConstraints}: Certificate, below: Certificate[], subject: string): FindingDraft[] {
	const named = below.filter((certificate, index) => index === 0 || !isNamedIssuer(certificate, certificate));
	const ruledOut =
		nameConstraints
		&& named.map(certificate => nameRuledOut(nameConstraints, certificate.subject, hostsOf(certificate))).find(name => name !== undefined);
	if (ruledOut === undefined) {
		return [];
	}

	const name = ruledOut.kind === 'directory' ? formatName(ruledOut.value) : quoted(ruledOut.value);
	return [
		refuse(
			'chain-not-ca',
			`In the chain, ${subject} may not issue certificates for ${name}: its name constraints rule that name out.`,
			'Ask the CA to issue it from an authority that may use these names.',
		),
	];
}

/** A certificate without a SAN goes by its common name. */
function hostsOf({subjectAltName, subject}: Certificate): HostEntry[] {
	return subjectAltName?.hosts ?? commonNamesIn(subject).map(value => ({kind: 'dns', value}));
}

function fitness(issuer: Certificate, below: number, subject: string): FindingDraft[] {
	const fault = unfitness(issuer, below);
	return fault === undefined
		? []
		: [
				refuse(
					'chain-not-ca',
					`In the chain, ${subject} is used as an issuer but ${fault}.`,
					'Ask the CA for the chain that belongs to this certificate.',
				),
			];
}

function unfitness(issuer: Certificate, below: number): string | undefined {
	const {keyUsage, extendedKeyUsage, basicConstraints} = issuer;
	if (!isAuthority(issuer)) {
		return 'does not say CA:TRUE';
	}

	if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
		return `may not sign certificates (it has: ${listed(keyUsage)})`;
	}

	const forServers = ['serverAuth', 'msSGC']; // OpenSSL takes an authority for any purpose for none of a server.
	if (extendedKeyUsage !== undefined && !extendedKeyUsage.some(purpose => forServers.includes(purpose))) {
		return `may not issue certificates for servers (it has: ${listed(extendedKeyUsage)})`;
	}

	const limit = basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
	return below > limit ? `allows ${limit} authorities below it, and there are ${below}` : undefined;
}

function validity({notBefore, notAfter}: Certificate, at: Date, subject: string): FindingDraft[] {
	const fault = at > notAfter ? `expired on ${inUtc(notAfter)}` : `is not valid before ${inUtc(notBefore)}`;
	return at >= notBefore && at <= notAfter
		? []
		: [
				refuse(
					'chain-expired',
					`In the chain, ${subject} ${fault}. The clock here says ${inUtc(at)}.`,
					'Ask the CA for its current chain.',
				),
			];
}

/** A root is trusted for being there; its signature proves nothing. */
function algorithm(issuer: Certificate, subject: string): FindingDraft[] {
	const {words, strength} = signatureAlgorithm(issuer.signatureOid);
	return strength !== 'weak' || issuer.selfSigned
		? []
		: [
				refuse(
					'signature-algorithm',
					`In the chain, ${subject} is signed with ${words}; SHA-256 is required.`,
					'Ask the CA for a chain that is signed with SHA-256.',
				),
			];
}
