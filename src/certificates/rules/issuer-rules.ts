import type {Policy} from './policy.js';
import {keyTypeOf, signatureAlgorithm} from '../parse/algorithms.js';
import {isAuthority, type Certificate} from '../parse/certificate.js';
import {isNamedIssuer} from '../parse/path.js';
import {commonNamesIn, formatName} from '../parse/distinguished-name.js';
import type {HostEntry, OtherName} from '../parse/extensions.js';
import {unfitForTls} from '../parse/signature.js';
import {weaknessHint, weaknessOf} from './certificate-rules.js';
import {refuse, type FindingDraft} from './finding.js';
import {nameRuledOut} from '../parse/name-constraints.js';
import {listed, quoted} from '../../sanitise.js';
import {inUtc} from '../describe/format-time.js';

/**
 * Where an issuer stands: the number of authorities between it and the server's certificate, the time, and its name in sentences.
 * `number` is its number in the file when the chain may do without it: the topmost one, whose own issuer is not in the file.
 */
type Place = {below: number; at: Date; subject: string; number?: number | undefined};

/** Whether a certificate may issue the one below it, for a server that is also a client, and whether TLS libraries accept its key. */
export function issuerFindings(issuer: Certificate, {below, at, subject, number}: Place, policy: Policy): FindingDraft[] {
	return [
		...fitness(issuer, below, subject),
		...purposes(issuer, subject, policy),
		...validity(issuer, at, subject, number),
		...algorithm(issuer, subject),
		...keyFindings(issuer, subject),
	];
}

/** Certificates that OpenSSL refuses to load with the file, although no chain needs them. */
export function loadingFindings(superfluous: Certificate, subject: string): FindingDraft[] {
	return [...algorithm(superfluous, subject), ...keyFindings(superfluous, subject)];
}

/** Whether an authority may issue certificates for the names of those below it, the server's first. */
export function constraintFindings({nameConstraints}: Certificate, below: Certificate[], subject: string): FindingDraft[] {
	const named = below.filter((certificate, index) => index === 0 || !isNamedIssuer(certificate, certificate));
	const ruledOut =
		nameConstraints
		&& named.map(certificate => nameRuledOut(nameConstraints, certificate.subject, namesOf(certificate))).find(name => name !== undefined);
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
function namesOf({subjectAltName, subject}: Certificate): Array<HostEntry | OtherName> {
	return subjectAltName === undefined
		? commonNamesIn(subject).map(value => ({kind: 'dns', value}))
		: [...subjectAltName.hosts, ...subjectAltName.names];
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
	const {keyUsage, basicConstraints} = issuer;
	if (!isAuthority(issuer) && !isOldRoot(issuer)) {
		return 'does not say CA:TRUE';
	}

	if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
		return `may not sign certificates (it has: ${listed(keyUsage)})`;
	}

	const limit = basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
	return below > limit ? `allows ${limit} authorities below it, and there are ${below}` : undefined;
}

/** A root from before basic constraints were usual: OpenSSL accepts one that says in another extension that it signs certificates. */
function isOldRoot({selfSigned, basicConstraints, keyUsage, netscapeCertType}: Certificate): boolean {
	const isTold = keyUsage?.includes('keyCertSign') ?? netscapeCertType?.includes('sslCA') ?? false;
	return selfSigned && basicConstraints === undefined && isTold;
}

/** OpenSSL's names for its purposes, and the extended key usages of which an authority needs one; that for any purpose is none. */
const needed = [
	{words: 'servers', purpose: 'sslserver', usages: ['serverAuth', 'msSGC']},
	{words: 'clients', purpose: 'sslclient', usages: ['clientAuth']},
];

function purposes({extendedKeyUsage}: Certificate, subject: string, {clientAuth}: Policy): FindingDraft[] {
	const roles = needed.filter(({words}) => clientAuth || words === 'servers');
	const lacking = roles.filter(({usages}) => extendedKeyUsage !== undefined && !extendedKeyUsage.some(usage => usages.includes(usage)));
	return lacking.length === 0
		? []
		: [
				refuse(
					'chain-purpose',
					`In the chain, ${subject} may not issue certificates for TLS ${lacking.map(({words}) => words).join(' and ')}: its extended key `
						+ `usage is ${listed(extendedKeyUsage ?? [])}. OpenSSL refuses the chain for the purpose `
						+ `${lacking.map(({purpose}) => purpose).join(' and ')}${clientAuth ? ', and the server is a client as well' : ''}.`,
					clientAuth
						? 'Have the certificate issued by a CA without extended key usage, or with serverAuth and clientAuth: usually an enterprise CA.'
						: 'Have the certificate issued by a CA without extended key usage, or with serverAuth.',
				),
			];
}

function keyFindings({publicKey, hasExplicitCurve}: Certificate, subject: string): FindingDraft[] {
	if (hasExplicitCurve) {
		return [
			refuse(
				'explicit-curve',
				`In the chain, the key of ${subject} has explicit curve parameters in place of a named curve; OpenSSL and other libraries refuse it.`,
				'The CA must renew its certificate with a named curve (openssl ecparam -name prime256v1 -param_enc named_curve).',
			),
		];
	}

	const fault = unfitForTls(publicKey);
	return fault === undefined
		? []
		: [
				refuse(
					'chain-key',
					`In the chain, ${subject} has a key of the kind ${keyTypeOf(publicKey)}; ${fault}.`,
					'Ask the CA for a chain with RSA keys of at least 2048 bits; leave this certificate out if clients have another way to a root.',
				),
			];
}

function validity({notBefore, notAfter}: Certificate, at: Date, subject: string, number?: number): FindingDraft[] {
	const fault = at > notAfter ? `expired on ${inUtc(notAfter)}` : `is not valid before ${inUtc(notBefore)}`;
	if (at >= notBefore && at <= notAfter) {
		return [];
	}

	const message = `In the chain, ${subject} ${fault}. The clock here says ${inUtc(at)}.`;
	return [
		number === undefined
			? refuse('chain-expired', message, 'Ask the CA for its current chain.')
			: {
					...refuse(
						'chain-expired',
						message,
						`Leave out certificate ${number} if clients have a root of their own; else ask the CA for its current chain.`,
					),
					certificates: [number],
				},
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
					`In the chain, ${subject} is signed with ${words}; ${weaknessOf(issuer.signatureOid)}.`,
					weaknessHint(issuer.signatureOid),
				),
			];
}
