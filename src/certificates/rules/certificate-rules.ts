// The rules for the server's certificate, apart from names and chain.
import {signatureAlgorithm} from '../parse/algorithms.js';
import type {Certificate} from '../parse/certificate.js';
import {dateFindings} from './date-rules.js';
import {oids, otherOids} from '../parse/extensions.js';
import {publicClientAuth} from './dated-facts.js';
import {profileFindings} from './profile-rules.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {taniumPolicy, type Policy} from './policy.js';
import {listed} from '../../sanitise.js';

/** Every rule but those of names and chain. A certificate without extensions gets only the finding that version 3 is required. */
export function certificateFindings(certificate: Certificate, at: Date, policy: Policy = taniumPolicy): FindingDraft[] {
	const own = [...dateFindings(certificate, at), ...algorithm(certificate, policy), ...serial(certificate)];
	if (certificate.version !== 3) {
		return [
			refuse(
				'cert-version',
				`The certificate is of X.509 version ${certificate.version}; version 3 is required, as older ones cannot name hosts.`,
				'Ask the CA to issue it from a template for TLS servers.',
			),
			...own,
		];
	}

	return [
		...constraints(certificate),
		...extendedUsage(certificate, policy),
		...usage(certificate, policy),
		...profileFindings(certificate, policy),
		...extensionFindings(certificate, 'The certificate'),
		...own,
	];
}

/** Extensions that appear twice, and critical ones that TLS software would not know. */
export function extensionFindings({extensions}: Certificate, subject: string): FindingDraft[] {
	const all = extensions.map(({oid}) => oid);
	const seen = new Set<string>();
	const twice = [...new Set(all.filter(oid => seen.has(oid) || !seen.add(oid)))];
	const unknown = extensions
		.filter(({oid, critical}) => critical && !understood.has(oid) && oid !== otherOids.precertificatePoison)
		.map(({oid}) => oid);
	return [
		...(twice.length === 0
			? []
			: [
					refuse(
						'duplicate-extension',
						`${subject} has an extension more than once: ${listed(twice)}.`,
						'Readers disagree on which one counts; ask the CA to issue it anew.',
					),
				]),
		...(unknown.length === 0
			? []
			: [
					refuse(
						'unknown-critical-extension',
						`${subject} has a critical extension that TLS clients do not know and must refuse: ${listed(unknown)}.`,
						'Ask the CA to issue it without that extension, or to mark it as not critical.',
					),
				]),
	];
}

/** The extensions that OpenSSL handles when they are critical. */
const understood = new Set<string>([
	oids.keyUsage,
	oids.subjectAltName,
	oids.basicConstraints,
	oids.nameConstraints,
	oids.extendedKeyUsage,
	oids.netscapeCertType,
	'2.5.29.31',
	'2.5.29.32',
	'2.5.29.33',
	'2.5.29.36',
	'2.5.29.54',
	'1.3.6.1.5.5.7.1.7',
	'1.3.6.1.5.5.7.1.8',
	'1.3.6.1.5.5.7.1.14',
]);

function constraints({basicConstraints}: Certificate): FindingDraft[] {
	if (basicConstraints === undefined) {
		return [
			warn(
				'basic-constraints-missing',
				'The certificate has no basic constraints; CA:FALSE is expected.',
				'It works; ask the CA for basicConstraints = CA:FALSE the next time.',
			),
		];
	}

	return basicConstraints.ca
		? [
				refuse(
					'cert-is-ca',
					'The certificate says CA:TRUE: it is one that issues others, not one for a server.',
					'Upload the certificate that was issued for the server; ask the CA for basicConstraints = CA:FALSE.',
				),
			]
		: [];
}

function extendedUsage({extendedKeyUsage}: Certificate, {clientAuth}: Policy): FindingDraft[] {
	if (!clientAuth && extendedKeyUsage === undefined) {
		return []; // Then it is for any purpose (RFC 5280 4.2.1.12).
	}

	const wanted = clientAuth ? ['serverAuth', 'clientAuth'] : ['serverAuth'];
	const missing = wanted.filter(purpose => !extendedKeyUsage?.includes(purpose));
	if (missing.length === 0) {
		return [];
	}

	const found = extendedKeyUsage === undefined ? 'It has no extended key usage at all.' : `It has: ${listed(extendedKeyUsage)}.`;
	return [
		refuse(
			'extended-key-usage',
			`The certificate lacks the extended key usage ${missing.join(' and ')}. ${found}`,
			clientAuth ? extendedUsageHint(missing) : 'Ask the CA for extendedKeyUsage = serverAuth.',
		),
	];
}

function extendedUsageHint(missing: string[]): string {
	const ask = 'Ask the CA for extendedKeyUsage = serverAuth,clientAuth; both are required.';
	return missing.includes('clientAuth')
		? `${ask} ${publicClientAuth}: use your enterprise CA, such as AD CS, Vault or step-ca. docs/certificates.md has their settings.`
		: ask;
}

/** Only with an RSA key can a client of an old version encrypt something for it (RFC 5480 3 allows no keyEncipherment for an EC key). */
function usage({keyUsage, publicKey}: Certificate, {isTanium}: Policy): FindingDraft[] {
	const wanted = publicKey.asymmetricKeyType === 'ec' ? ['digitalSignature'] : ['digitalSignature', 'keyEncipherment'];
	const ask = `Ask the CA for keyUsage = ${wanted.join(', ')}.`;
	if (keyUsage === undefined && !isTanium) {
		return []; // Then it is for any use (RFC 5280 4.2.1.3).
	}

	if (keyUsage === undefined) {
		return [warn('key-usage', 'The certificate has no key usage; digitalSignature and keyEncipherment are expected.', `It works. ${ask}`)];
	}

	const signs = keyUsage.includes('keyCertSign')
		? [
				refuse(
					'key-usage-cert-sign',
					`The certificate's key may sign certificates (keyCertSign); a server's must not. It has: ${listed(keyUsage)}.`,
					ask,
				),
			]
		: [];
	if (!keyUsage.includes('digitalSignature')) {
		return [
			refuse('key-usage', `The certificate's key usage lacks digitalSignature, which TLS needs. It has: ${listed(keyUsage)}.`, ask),
			...signs,
		];
	}

	return wanted.every(use => keyUsage.includes(use))
		? signs
		: [
				...signs,
				warn('key-usage', `The certificate's key usage lacks keyEncipherment, which older clients need. It has: ${listed(keyUsage)}.`, ask),
			];
}

const pss = '1.2.840.113549.1.1.10';
const inRegistry = String.raw`ca\csp\AlternateSignatureAlgorithm`;

/** What is wrong with a weak algorithm, as the end of a sentence. RSASSA-PSS is not weak: many TLS programs do not read it. */
export function weaknessOf(oid: string): string {
	return oid === pss ? 'many TLS programs cannot verify that, so sha256WithRSAEncryption is required' : 'SHA-256 is required';
}

/** What to ask the CA for. */
export function weaknessHint(oid: string): string {
	return oid === pss
		? `Ask the CA for PKCS #1 v1.5 signatures. In AD CS AlternateSignatureAlgorithm must be 0: certutil -setreg ${inRegistry} 0`
		: 'Ask the CA to sign it with SHA-256 (sha256WithRSAEncryption).';
}

function algorithm({signatureOid}: Certificate, {isTanium}: Policy): FindingDraft[] {
	const {words, strength} = signatureAlgorithm(signatureOid);
	if (strength === 'weak') {
		return [
			refuse('signature-algorithm', `The certificate is signed with ${words}; ${weaknessOf(signatureOid)}.`, weaknessHint(signatureOid)),
		];
	}

	return strength === 'larger' && isTanium
		? [
				warn(
					'signature-algorithm',
					`The certificate is signed with ${words}; the document asks for SHA-256.`,
					'It works; ask the CA for SHA-256 the next time.',
				),
			]
		: [];
}

/** RFC 5280 4.1.2.2: positive and at most 20 bytes long. */
function serial({serial: bytes, x509}: Certificate): FindingDraft[] {
	const fault = serialError(bytes);
	return fault === undefined
		? []
		: [
				warn(
					'serial',
					`The certificate's serial number ${fault}: ${listed([x509.serialNumber])}.`,
					'It works; some programs refuse it, so tell the CA.',
				),
			];
}

function serialError(bytes: Buffer): string | undefined {
	const first = bytes[0] ?? 0;
	if (first >= 0x80) {
		return 'is negative';
	}

	if (bytes.every(byte => byte === 0)) {
		return 'is zero';
	}

	const length = first === 0 ? bytes.length - 1 : bytes.length;
	return length > 20 ? `is ${length} bytes long; 20 are allowed` : undefined;
}
