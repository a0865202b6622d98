import {readCertificate, type Certificate} from '../parse/certificate.js';
import {extensionFindings} from './certificate-rules.js';
import {isNamedIssuer, type Chain} from '../parse/chain.js';
import {tryParse} from '../parse/parse-error.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {formatName} from '../parse/distinguished-name.js';
import {constraintFindings, issuerFindings} from './issuer-rules.js';
import {certificatesIn} from '../parse/pem.js';
import {listed} from '../../sanitise.js';
import {isSignedBy} from '../parse/signature.js';
import {Problem} from '../../problem.js';

/** More certificates than any client needs. */
const manyCertificates = 10;

/**
 * Checks the order, the links and the issuers of a chain. When roots are given (`ca`, in PEM) the chain must end at one of them. Throws a
 * Problem when they cannot be read.
 */
export function chainFindings(chain: Chain, at: Date, ca?: Buffer): FindingDraft[] {
	const roots = ca === undefined ? undefined : readRoots(ca);
	return [
		...orderFindings(chain),
		...linkFindings(chain),
		...eachIssuer(chain, at),
		...(roots === undefined ? [] : anchorFindings(chain, roots, at)),
		...countFindings(chain, roots),
	];
}

/** Roots that cannot be parsed are skipped as long as others can be. */
function readRoots(ca: Buffer): Certificate[] {
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

function orderFindings({inFile, leaf, path}: Chain): FindingDraft[] {
	const order = `The order found: ${listed(inFile.map(({subject}, index) => `${index + 1}. ${formatName(subject)}`))}.`;
	const sort = "Put the server's certificate first and after each certificate the one that issued it.";
	const isComplete = path.length === inFile.length;
	const findings: FindingDraft[] = [];
	if (inFile[0] !== leaf || (isComplete && inFile.some((certificate, index) => path[index] !== certificate))) {
		findings.push(
			refuse('chain-order', `The server's certificate must come first, and each other one after the one it issued. ${order}`, sort),
		);
	}

	if (!isComplete) {
		const sorted = [leaf, ...inFile.filter(certificate => certificate !== leaf)];
		const breaks = sorted.flatMap((certificate, index) => brokenLink(certificate, sorted[index + 1], inFile));
		findings.push(
			refuse(
				'chain-broken',
				`The chain is broken: ${listed(breaks, 4)}. ${order}`,
				'Add the missing issuer, or remove the certificates that do not belong to this chain.',
			),
		);
	}

	return findings;
}

function brokenLink(certificate: Certificate, next: Certificate | undefined, inFile: Certificate[]): string[] {
	if (next === undefined || isNamedIssuer(next, certificate)) {
		return [];
	}

	const [number, other] = [certificate, next].map(one => inFile.indexOf(one) + 1);
	return [`certificate ${number} was not issued by certificate ${other} but by ${formatName(certificate.issuer)}`];
}

function linkFindings({inFile, path}: Chain): FindingDraft[] {
	const forged = linksOf(path).filter(([certificate, issuer]) => !isSignedBy(certificate.x509, issuer.publicKey));
	return forged.map(([certificate]) =>
		refuse(
			'chain-signature',
			`The signature of ${numbered(certificate, inFile)} was not made by the key of its issuer, ${formatName(certificate.issuer)}.`,
			'It is damaged, or its issuer has another certificate of the same name; ask the CA for the chain that belongs to it.',
		),
	);
}

/** Each certificate with its issuer; the topmost one with itself, where it names itself. */
function linksOf(path: Certificate[]): Array<[Certificate, Certificate]> {
	return path.flatMap((certificate, index) => {
		const issuer = path[index + 1] ?? (isNamedIssuer(certificate, certificate) ? certificate : undefined);
		return issuer === undefined ? [] : [[certificate, issuer]];
	});
}

/** What OpenSSL objects to in a chain whose links are valid by the rules here. */
export function linkErrors({inFile, path}: Chain): FindingDraft[] {
	return linksOf(path).flatMap(([certificate, issuer]) => linkError(certificate, issuer, inFile));
}

/** Clients follow key identifiers, and take no certificate for an issuer that has an extension which they cannot read. */
function linkError(certificate: Certificate, issuer: Certificate, inFile: Certificate[]): FindingDraft[] {
	const maySign = issuer.keyUsage?.includes('keyCertSign') ?? true; // Otherwise another finding reports it.
	return !maySign || certificate.x509.checkIssued(issuer.x509)
		? []
		: [
				refuse(
					'chain-broken',
					`OpenSSL does not take ${formatName(issuer.subject)} as the issuer of ${numbered(certificate, inFile)}, although it signed it: `
						+ 'their key identifiers differ, or an extension of one of them is broken.',
					'Ask the CA for the chain that belongs to this certificate.',
				),
			];
}

function eachIssuer({inFile, path}: Chain, at: Date): FindingDraft[] {
	return path.slice(1).flatMap((issuer, index) => {
		const subject = numbered(issuer, inFile);
		return [
			...issuerFindings(issuer, countBelow(path.slice(1, index + 1)), at, subject),
			...constraintFindings(issuer, path.slice(0, index + 1), subject),
			...extensionFindings(issuer, `In the chain, ${subject}`),
		];
	});
}

/** Authorities that issued themselves, as when a CA changes its key, do not count for a path length (RFC 5280 4.2.1.9). */
function countBelow(authorities: Certificate[]): number {
	return authorities.filter(authority => !isNamedIssuer(authority, authority)).length;
}

function anchorFindings({inFile, path}: Chain, roots: Certificate[], at: Date): FindingDraft[] {
	const top = path.at(-1);
	if (top === undefined || roots.some(({der}) => der.equals(top.der))) {
		return [];
	}

	const named = roots.filter(root => isNamedIssuer(root, top));
	if (named.length === 0) {
		const given = `the roots are ${listed(roots.map(({subject}) => formatName(subject)))}`;
		return [
			refuse(
				'chain-broken',
				`The chain does not end at a given root: the issuer of ${numbered(top, inFile)} is ${formatName(top.issuer)}; ${given}.`,
				'Add the missing intermediate certificates to the file, or give the root that this CA uses.',
			),
		];
	}

	const signer = named.find(root => isSignedBy(top.x509, root.publicKey));
	if (signer === undefined) {
		return [
			refuse(
				'chain-signature',
				`The signature of ${numbered(top, inFile)} was not made by the key of the given root ${formatName(top.issuer)}.`,
				'Give the root whose key signed it, or ask the CA for the chain that belongs to this certificate.',
			),
		];
	}

	const subject = `the given root (${formatName(signer.subject)})`;
	return [
		...linkError(top, signer, inFile),
		...issuerFindings(signer, countBelow(path.slice(1)), at, subject),
		...constraintFindings(signer, path, subject),
	];
}

function countFindings({inFile, duplicates, path, leaf}: Chain, roots: Certificate[] = []): FindingDraft[] {
	const findings: FindingDraft[] = [];
	const isAlone = inFile.length === 1;
	if (leaf.selfSigned) {
		findings.push(
			warn(
				'self-signed',
				'The certificate is self-signed: browsers will warn everyone who opens the console.',
				'Have it issued by a CA that your browsers trust.',
			),
		);
	} else if (isAlone && !roots.some(root => path.at(-1) !== undefined && isNamedIssuer(root, leaf))) {
		findings.push(
			warn(
				'chain-missing',
				`There are no intermediate certificates; the issuer is ${formatName(leaf.issuer)}.`,
				'Clients that do not know the issuer will refuse the server. Append the intermediate certificates that the CA sent.',
			),
		);
	}

	if (duplicates > 0) {
		findings.push(
			warn(
				'chain-duplicate',
				`The file holds ${duplicates === 1 ? 'a certificate' : `${duplicates} certificates`} more than once.`,
				'It works; remove the repetition.',
			),
		);
	}

	if (inFile.length > manyCertificates) {
		findings.push(
			warn(
				'chain-long',
				`The file holds ${inFile.length} certificates; clients may refuse more than ${manyCertificates}.`,
				"Keep the server's certificate and its intermediates only.",
			),
		);
	}

	return findings;
}

function numbered(certificate: Certificate, inFile: Certificate[]): string {
	return `certificate ${inFile.indexOf(certificate) + 1} (${formatName(certificate.subject)})`;
}
