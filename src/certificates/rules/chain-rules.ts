import type {Certificate} from '../parse/certificate.js';
import {extensionFindings} from './certificate-rules.js';
import {numberOf, type Chain} from '../parse/chain.js';
import {refuse, warn, type FindingDraft} from './finding.js';
import {commonNamesIn, formatName} from '../parse/distinguished-name.js';
import {anchorFindings} from './anchor-rules.js';
import {identified, inWords, numbered} from './certificate-words.js';
import {constraintFindings, issuerFindings, loadingFindings} from './issuer-rules.js';
import {encodingFindings, signatureFindings} from './link-rules.js';
import {isNamedIssuer, linkCost, opensslPath} from '../parse/path.js';
import {taniumPolicy, type Policy} from './policy.js';
import {isSameKey} from '../parse/signature.js';
import {listed} from '../../sanitise.js';

/** More certificates than any client needs. */
const manyCertificates = 10;

/** Checks the order, the links and the issuers of a chain. When roots are given the chain must end at one of them. */
export function chainFindings(chain: Chain, at: Date, policy: Policy = taniumPolicy, roots?: readonly Certificate[]): FindingDraft[] {
	return [
		...orderFindings(chain),
		...brokenFindings(chain),
		...signatureFindings(chain),
		...eachIssuer(chain, at, policy),
		...(roots === undefined ? [] : anchorFindings(chain, roots)),
		...encodingFindings(chain),
		...superfluousFindings(chain, at, roots),
		...chain.superfluous.flatMap(one => loadingFindings(one, numbered(one, chain))),
		...countFindings(chain),
	];
}

function orderFindings(chain: Chain): FindingDraft[] {
	const {inFile, leaf, path} = chain;
	const numbers = path.map(certificate => numberOf(chain, certificate));
	return inFile[0] === leaf && numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))
		? []
		: [
				refuse(
					'chain-order',
					`The server's certificate must come first, and each other one after the one it issued. ${orderOf(chain)}`,
					"Put the server's certificate first and after each certificate the one that issued it.",
				),
			];
}

function orderOf({inFile, all}: Chain): string {
	return `The order found: ${listed(inFile.map(certificate => `${numberOf({all}, certificate)}. ${formatName(certificate.subject)}`))}.`;
}

/** A file with other certificates than the issuer of the server's, or with one of another server. */
function brokenFindings(chain: Chain): FindingDraft[] {
	const strangers = strangersIn(chain);
	const isAlone = isWithoutIssuer(chain);
	if (strangers.length === 0 && !isAlone) {
		return [];
	}

	const breaks = [
		...(isAlone
			? [`no certificate in the file is that of the issuer of ${numbered(chain.leaf, chain)}, ${formatName(chain.leaf.issuer)}`]
			: []),
		...strangers.map(certificate => `${numbered(certificate, chain)} is the certificate of another server`),
	];
	return [
		refuse(
			'chain-broken',
			`The chain is broken: ${listed(breaks, 4)}. ${orderOf(chain)}`,
			'Add the missing issuer (the intermediate certificate that the CA sent), or remove the certificates that do not belong to this chain.',
		),
	];
}

/** Whether other certificates are in the file, and none of them, nor a given root, issued the server's. */
function isWithoutIssuer({inFile, path, anchors, leaf, superfluous}: Chain): boolean {
	const isShort = path.length === 1 && anchors.length === 0 && !isNamedIssuer(leaf, leaf);
	return isShort && inFile.length > 1 && superfluous.some(one => !isOldLeaf(one, leaf));
}

/** Certificates of other servers: nobody can have meant them. An older one of the same server is only superfluous. */
function strangersIn({superfluous, leaf}: Chain): Certificate[] {
	return superfluous.filter(one => one.basicConstraints?.ca !== true && !one.selfSigned && !isOldLeaf(one, leaf));
}

function isOldLeaf(one: Certificate, leaf: Certificate): boolean {
	const nameOf = ({subject}: Certificate) => commonNamesIn(subject).join('\n').toLowerCase();
	return nameOf(one) === nameOf(leaf) || isSameKey(one.publicKey, leaf.publicKey);
}

function superfluousFindings(chain: Chain, at: Date, roots?: readonly Certificate[]): FindingDraft[] {
	const strangers = strangersIn(chain);
	const superfluous = chain.superfluous.filter(one => !strangers.includes(one));
	if (superfluous.length === 0 || isWithoutIssuer(chain)) {
		return [];
	}

	const numbers = superfluous.map(one => numberOf(chain, one));
	const which = listed(superfluous.map(one => identified(one, chain)));
	const leaveOut = `Leave out ${inWords(numbers)}.`;
	const misled = misleading(chain, at, roots);
	if (misled !== undefined) {
		return [{...refuse('chain-order', `${misled} Not needed: ${which}.`, leaveOut), certificates: numbers}];
	}

	const verb = numbers.length === 1 ? 'is' : 'are';
	const message = `${capital(inWords(numbers))} ${verb} not needed for the chain of the server's certificate: ${which}.`;
	return [{...warn('chain-superfluous', message, `It works: clients pass over what they do not need. ${leaveOut}`), certificates: numbers}];
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A superfluous certificate that OpenSSL takes for an issuer, because it stands before the right one and goes by the same name. */
function misleading({inFile, leaf, path, anchors, all}: Chain, at: Date, roots: readonly Certificate[] | undefined): string | undefined {
	const whole = [...path, ...anchors];
	const others = inFile.filter(one => one !== leaf);
	const taken = opensslPath(leaf, {certificates: others, roots: roots ?? whole.filter(({selfSigned}) => selfSigned), at});
	const isSound = (certificates: readonly Certificate[]) =>
		certificates.every((one, index) => index === 0 || linkCost(certificates[index - 1]!, one, at) === 0)
		&& (roots === undefined
			? certificates.at(-1)!.selfSigned || !whole.at(-1)!.selfSigned // It ends below the root that the other one reaches.
			: roots.some(({der}) => der.equals(certificates.at(-1)!.der)));
	const fork = taken.findIndex((one, index) => one !== whole[index]);
	if (fork === -1 || isSound(taken) || !isSound(whole)) {
		return undefined;
	}

	const [below, wrong, right] = [taken[fork - 1]!, taken[fork]!, whole[fork]];
	const rather = right === undefined ? '' : `, and not ${inFile.includes(right) ? numbered(right, {all}) : 'the given root'}`;
	return `OpenSSL takes ${numbered(wrong, {all})} for the issuer of ${numbered(below, {all})}${rather}: it has that name and comes first.`;
}

function eachIssuer(chain: Chain, at: Date, policy: Policy): FindingDraft[] {
	const whole = [...chain.path, ...chain.anchors];
	return whole.slice(1).flatMap((issuer, index) => {
		const subject = chain.anchors.includes(issuer) ? `the given root (${formatName(issuer.subject)})` : numbered(issuer, chain);
		const isLast = chain.anchors.length === 0 && index > 0 && index === whole.length - 2;
		return [
			...issuerFindings(
				issuer,
				{
					below: countBelow(whole.slice(1, index + 1)),
					at,
					subject,
					number: isLast ? numberOf(chain, issuer) : undefined,
				},
				policy,
			),
			...constraintFindings(issuer, whole.slice(0, index + 1), subject),
			...extensionFindings(issuer, `In the chain, ${subject}`),
		];
	});
}

/** Authorities that issued themselves, as when a CA changes its key, do not count for a path length (RFC 5280 4.2.1.9). */
function countBelow(authorities: Certificate[]): number {
	return authorities.filter(authority => !isNamedIssuer(authority, authority)).length;
}

function countFindings({inFile, duplicates, anchors, leaf}: Chain): FindingDraft[] {
	const findings: FindingDraft[] = [];
	if (leaf.selfSigned) {
		findings.push(
			warn(
				'self-signed',
				'The certificate is self-signed: browsers will warn everyone who opens the console.',
				'Have it issued by a CA that your browsers trust.',
			),
		);
	} else if (inFile.length === 1 && anchors.length === 0) {
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
