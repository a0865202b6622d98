// Checks a pair: every finding is reported at once, and a pair is accepted only with the exact bytes that were read.
import {X509Certificate} from 'node:crypto';
import {createSecureContext} from 'node:tls';
import {keyTypeOf} from './parse/algorithms.js';
import {readCertificateFile, type CertificateFile} from './rules/certificate-file.js';
import {certificateFindings} from './rules/certificate-rules.js';
import type {Certificate} from './parse/certificate.js';
import {readRoots} from './rules/anchor-rules.js';
import {chainFindings} from './rules/chain-rules.js';
import {keyIdentifierFindings} from './rules/link-rules.js';
import {chainOf, type Chain} from './parse/chain.js';
import {describe, type CertificateDescription} from './describe/describe-certificate.js';
import {refuse, type Finding, type FindingDraft, type FindingId} from './rules/finding.js';
import {readKeyFile, type KeyFile, type PrivateKey} from './rules/key-file.js';
import {consistencyFindings, isMatch, mismatch, reuseFindings, typeFindings, type SavedKey} from './rules/key-rules.js';
import {lostNameFindings} from './rules/lost-names.js';
import {nameFindings} from './rules/name-rules.js';
import type {Policy} from './rules/policy.js';
import {holdsKeyBag} from './parse/key-bags.js';
import {fingerprintOf} from './parse/pem.js';
import {sanitise} from '../sanitise.js';
import type {UploadedFile} from './parse/uploaded-file.js';
import {messageOf} from '../problem.js';

/**
 * Who verifies a certificate: browsers and API clients, which trust CAs, or servers that hold a copy of it and trust that, whoever issued
 * it, as the Tanium Server does with ssl.crt.
 */
export type Verifiers = 'browsers' | 'servers';

export type {Finding, FindingId, Severity} from './rules/finding.js';
export type {SavedKey} from './rules/key-rules.js';
export type {UploadedFile} from './parse/uploaded-file.js';

export type CheckOptions = {
	/** Every name (DNS or IP address) that clients use for the server. */
	hosts: string[];
	/** The time to check dates against. */
	at: Date;
	/** What the server asks of its certificate; what the Tanium servers ask unless given. */
	policy?: Policy;
	/** Who verifies it; `browsers` unless given. */
	verifiers?: Verifiers;
	/** Roots in PEM; when given, the chain must verify up to one of them. */
	ca?: Buffer;
	/** Keys of saved requests, to name the one that matches a certificate uploaded with another key. */
	savedKeys?: readonly SavedKey[];
	/** SHA-256 fingerprints of the installed pair, to report a reused key, and the names of its certificate, to report lost ones. */
	installed?: {fingerprint: string; publicKeyFingerprint: string; names?: readonly string[]};
};

/** A description of a private key; it holds no part of the key. */
export type KeyDescription = {
	/** Such as `RSA 2048`. */
	type: string;
	/** Its format in the file, such as `PKCS#8`. */
	format: string;
	/** SHA-256 of its public key, `AB:CD:...`. */
	publicKeyFingerprint: string;
};

export type CheckResult = {
	/** Whether the pair may be installed; warnings do not prevent it. */
	ok: boolean;
	/** Errors first. */
	findings: Finding[];
	/** The server's certificate, when it could be read. */
	certificate?: CertificateDescription;
	/** All certificates of the file, the server's first. */
	chain?: CertificateDescription[];
	key?: KeyDescription;
	/** Only when `ok`: the exact bytes of both files, and the DER of each certificate, the server's first. */
	pair?: {certificate: Buffer; key: Buffer; chain: Buffer[]};
};

/**
 * Checks a certificate and its key for a server. Without a key, which then is where its request was made, the certificate is
 * checked alone. Pure: the files have been read already, and nothing is changed. Never throws for what the two files hold; throws
 * a Problem when `options.ca` is not PEM.
 */
export function checkPair(certificate: UploadedFile, key: UploadedFile | undefined, options: CheckOptions): CheckResult {
	const file = readCertificateFile(certificate);
	const keyFile = key === undefined ? {findings: []} : readKeyFile(key);
	const roots = options.ca === undefined ? undefined : readRoots(options.ca);
	const chain = file.missingLeaf ? undefined : chainOf(file.certificates, {key: keyFile.key?.publicKey, at: options.at, roots});
	const chainAndLeaf = chain === undefined ? [] : pairFindings(file, chain, options, roots);
	const findings = forVerifiers(options, [
		...withFile(certificate, [...file.findings, ...chainAndLeaf, ...ownKeyFindings(chain, keyFile, options)]),
		...(key === undefined
			? []
			: withFile(key, [...withoutMissing(certificate, file, keyFile.findings), ...keyFindings(chain, keyFile, options)])),
	]);
	if (!hasErrors(findings)) {
		findings.push(
			...withFile(certificate, [...(chain ? keyIdentifierFindings(chain) : []), ...loadFindings(certificate, key, chain?.leaf)]),
		);
	}

	return {
		ok: !hasErrors(findings),
		findings: errorsFirst(findings),
		...described(chain, keyFile.key, options.at),
		...accepted(certificate, key, file, findings),
	};
}

/** Warnings of what matters to browsers alone. */
const forBrowsers: readonly FindingId[] = ['self-signed', 'chain-missing', 'long-validity'];

function forVerifiers({verifiers}: CheckOptions, findings: Finding[]): Finding[] {
	return verifiers === 'servers' ? findings.filter(({id}) => !forBrowsers.includes(id)) : findings;
}

function pairFindings(file: CertificateFile, chain: Chain, options: CheckOptions, roots?: readonly Certificate[]): FindingDraft[] {
	const {leaf} = chain;
	return [
		...certificateFindings(leaf, options.at, options.policy),
		...(leaf.version === 3 ? nameFindings(leaf, options.hosts) : []),
		...lostNameFindings(leaf, options.installed?.names ?? [], options.hosts),
		...(file.damaged ? [] : chainFindings(chain, options.at, options.policy, roots)),
	];
}

/** A fault of the certificate's public key is reported once: for the private key, when both are the same key. */
function ownKeyFindings(chain: Chain | undefined, {key}: KeyFile, {policy}: CheckOptions): FindingDraft[] {
	const isTold = chain === undefined || (key !== undefined && isMatch(chain.leaf.publicKey, key));
	return isTold ? [] : typeFindings(chain.leaf.publicKey, "The certificate's public key", policy);
}

function keyFindings(chain: Chain | undefined, {key}: KeyFile, {savedKeys, installed, policy}: CheckOptions): FindingDraft[] {
	if (key === undefined) {
		return [];
	}

	const own = [...typeFindings(key.privateKey, 'The private key', policy), ...consistencyFindings(key)];
	const fits = chain === undefined || isMatch(chain.leaf.publicKey, key);
	if (!fits) {
		return [...own, mismatch(chain.leaf.publicKey, key, savedKeys)];
	}

	const isRenewal = chain !== undefined && installed !== undefined && fingerprintOf(chain.leaf.der) !== installed.fingerprint;
	return isRenewal ? [...own, ...reuseFindings(key, installed.publicKeyFingerprint)] : own;
}

/** A key that is in a bundle with the certificate is not missing. */
function withoutMissing(certificate: UploadedFile, {findings}: CertificateFile, ofKey: FindingDraft[]): FindingDraft[] {
	const isInBundle = certificate.state === 'read' && findings.some(({id}) => id === 'cert-pkcs12') && holdsKeyBag(certificate.bytes);
	return isInBundle ? ofKey.filter(({id}) => id !== 'key-not-found') : ofKey;
}

/** OpenSSL loads exactly the bytes that the server will load. It refuses weak keys in the chain, for example. */
function loadFindings(certificate: UploadedFile, key: UploadedFile | undefined, leaf?: Certificate): FindingDraft[] {
	if (certificate.state !== 'read' || key?.state !== 'read') {
		return [];
	}

	const fault = loadError(certificate.bytes, key.bytes, leaf);
	return fault === undefined
		? []
		: [
				refuse(
					'cert-parse',
					`OpenSSL refuses to serve TLS with this pair: ${fault}.`,
					'Leave nothing but the certificates between the BEGIN and END lines; ask the CA for a chain with keys of at least 2048 bits.',
				),
			];
}

function loadError(certificate: Buffer, key: Buffer, leaf?: Certificate): string | undefined {
	try {
		createSecureContext({cert: certificate, key, ca: []}); // Without roots, which would be loaded needlessly.
		const isSame = leaf !== undefined && new X509Certificate(certificate).raw.equals(leaf.der);
		return isSame ? undefined : 'it finds another certificate first';
	} catch (error) {
		return sanitise(messageOf(error).split(':').at(-1) ?? '');
	}
}

function withFile(file: UploadedFile, chainAndLeaf: FindingDraft[]): Finding[] {
	return chainAndLeaf.map(({id, severity, ...rest}) => ({id, severity, file: sanitise(file.name), ...rest}));
}

function hasErrors(findings: Finding[]): boolean {
	return findings.some(({severity}) => severity === 'error');
}

function errorsFirst(findings: Finding[]): Finding[] {
	return [...findings.filter(({severity}) => severity === 'error'), ...findings.filter(({severity}) => severity === 'warning')];
}

function described(chain: Chain | undefined, key: PrivateKey | undefined, at: Date): Partial<CheckResult> {
	return {
		...(chain && {certificate: describe(chain.leaf, at), chain: leafFirst(chain).map(part => describe(part, at))}),
		...(key && {key: keyWordsFor(key)}),
	};
}

function keyWordsFor({privateKey, publicKey, format}: PrivateKey): KeyDescription {
	return {
		type: keyTypeOf(privateKey),
		format,
		publicKeyFingerprint: fingerprintOf(publicKey.export({type: 'spki', format: 'der'})),
	};
}

/** An accepted file is in chain order, so its certificates as written are what the server presents. */
function accepted(
	certificate: UploadedFile,
	key: UploadedFile | undefined,
	{certificates}: CertificateFile,
	findings: Finding[],
): Partial<CheckResult> {
	return certificate.state !== 'read' || key?.state !== 'read' || hasErrors(findings)
		? {}
		: {pair: {certificate: certificate.bytes, key: key.bytes, chain: certificates.map(({der}) => der)}};
}

function leafFirst({leaf, inFile}: Chain): Certificate[] {
	return [leaf, ...inFile.filter(certificate => certificate !== leaf)];
}
