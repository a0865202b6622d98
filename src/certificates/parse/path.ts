// Finds the way from a certificate up to a root when several certificates go by one name (RFC 4158): a CA that renewed its
// certificate, changed its key, or was cross-signed. Names say who may be meant, everything else decides who is taken.
import {signatureAlgorithm} from './algorithms.js';
import {isAuthority, type Certificate} from './certificate.js';
import {comparable} from './distinguished-name.js';
import {signatureBy, unfitForTls} from './signature.js';

export type PathQuestion = {
	/** What may stand above, in the order of preference. */
	certificates: readonly Certificate[];
	/** Given roots; undefined when none are known. Above one of them only others of them count. */
	roots?: readonly Certificate[] | undefined;
	at: Date;
};

export type Path = {
	/** Each one issued by the next, according to their names. */
	certificates: Certificate[];
	/** How much speaks against it; 0 for a path without faults. */
	cost: number;
};

/** What speaks against a link, the gravest first. Their sums compare whole paths. */
const costs = {signature: 1000, unverified: 500, keyIdentifier: 300, authority: 100, date: 100, purpose: 50, weakness: 50} as const;
/** A path that ends at no given root, or without a root, where another does not. */
const ends = {notGiven: 100_000, givenButNoRoot: 2, open: 1} as const;

/** Signatures that a search may verify: hostile files would take long otherwise. The path that is found is verified anyway. */
const maxSignatures = 100;

/** Whether the names of two certificates say that one issued the other. It says nothing about the signature. */
export function isNamedIssuer(issuer: Certificate, certificate: Certificate): boolean {
	return comparable(issuer.subject) === comparable(certificate.issuer);
}

/** What speaks against one certificate as the issuer of another. */
export function linkCost(certificate: Certificate, issuer: Certificate, at: Date): number {
	const verdict = signatureBy(issuer.publicKey, certificate.x509);
	return (
		(verdict === 'bad' ? costs.signature : verdict === 'unverified' ? costs.unverified : 0) + costWithoutSignature(certificate, issuer, at)
	);
}

function costWithoutSignature(certificate: Certificate, issuer: Certificate, at: Date): number {
	const purposes = issuer.extendedKeyUsage;
	const isWeak = !issuer.selfSigned && signatureAlgorithm(issuer.signatureOid).strength === 'weak';
	return [
		certificate.x509.checkIssued(issuer.x509) ? 0 : costs.keyIdentifier,
		isAuthority(issuer) ? 0 : costs.authority,
		at >= issuer.notBefore && at <= issuer.notAfter ? 0 : costs.date,
		purposes === undefined || (purposes.includes('serverAuth') && purposes.includes('clientAuth')) ? 0 : costs.purpose,
		isWeak || unfitForTls(issuer.publicKey) !== undefined ? costs.weakness : 0,
	].reduce((sum, cost) => sum + cost, 0);
}

type Step = Path & {last: Certificate; isGiven: boolean};

/** The path with the least against it; of equal ones that which takes the earlier certificates (Dijkstra's algorithm). */
export function findPath(leaf: Certificate, question: PathQuestion): Path {
	const {roots, at} = question;
	const isRoot = (certificate: Certificate) => roots?.some(root => root === certificate || root.der.equals(certificate.der)) === true;
	const open: Step[] = [{certificates: [leaf], cost: 0, last: leaf, isGiven: isRoot(leaf)}];
	const done = new Set<Certificate>();
	let [best, signatures]: [Path | undefined, number] = [undefined, 0];
	while (open.length > 0) {
		const step = takeCheapest(open);
		if (best !== undefined && step.cost >= best.cost) {
			break;
		}

		if (!done.has(step.last)) {
			done.add(step.last);
			const issuers = issuersOf(step, question);
			best = cheaper(best, {certificates: step.certificates, cost: step.cost + endCost(step, issuers.length > 0, roots !== undefined)});
			for (const issuer of issuers) {
				const cost = signatures++ < maxSignatures ? linkCost(step.last, issuer, at) : costWithoutSignature(step.last, issuer, at);
				const certificates = [...step.certificates, issuer];
				open.push({certificates, cost: step.cost + cost, last: issuer, isGiven: step.isGiven || isRoot(issuer)});
			}
		}
	}

	return best ?? {certificates: [leaf], cost: 0};
}

function takeCheapest(open: Step[]): Step {
	const cheapest = open.reduce((one, other) => (other.cost < one.cost ? other : one));
	open.splice(open.indexOf(cheapest), 1);
	return cheapest;
}

function cheaper(one: Path | undefined, other: Path): Path {
	return one === undefined || other.cost < one.cost ? other : one;
}

/** A path must not end where somebody goes by the name of the issuer, whatever is wrong with him: that is to be reported. */
function endCost({last, isGiven}: Step, goesOn: boolean, hasRoots: boolean): number {
	if (last.selfSigned) {
		return hasRoots && !isGiven ? ends.notGiven : 0;
	}

	if (isGiven) {
		return ends.givenButNoRoot;
	}

	return (hasRoots ? ends.notGiven : 0) + (goesOn ? ends.notGiven / 2 : ends.open);
}

function issuersOf({last, isGiven, certificates: below}: Step, {certificates, roots = []}: PathQuestion): Certificate[] {
	if (last.selfSigned) {
		return [];
	}

	const known = isGiven ? roots : [...roots, ...certificates];
	return known.filter(candidate => isNamedIssuer(candidate, last) && !below.some(one => one.der.equals(candidate.der)));
}

/**
 * The path as OpenSSL builds it: at each step the first certificate that is valid and that names and key identifiers fit, without a
 * look at signatures or at what comes above. A TLS client that is sent the same certificates takes this one.
 */
export function opensslPath(leaf: Certificate, {certificates, roots = [], at}: PathQuestion): Certificate[] {
	const path = [leaf];
	for (let isGiven = false; path.at(-1)?.selfSigned === false;) {
		const last = path.at(-1)!;
		const isFree = (one: Certificate) => !path.some(other => other.der.equals(one.der));
		const given = firstIssuer(last, roots.filter(isFree), at);
		const next = given ?? (isGiven ? undefined : firstIssuer(last, certificates.filter(isFree), at));
		if (next === undefined) {
			break;
		}

		isGiven ||= given !== undefined;
		path.push(next);
	}

	return path;
}

function firstIssuer(certificate: Certificate, candidates: Certificate[], at: Date): Certificate | undefined {
	const fitting = candidates.filter(candidate => isLikelyIssuer(candidate, certificate));
	const latest = fitting.toSorted((one, other) => other.notAfter.getTime() - one.notAfter.getTime());
	return fitting.find(({notBefore, notAfter}) => at >= notBefore && at <= notAfter) ?? latest[0];
}

/** As OpenSSL asks while it builds a path: whether a key may sign certificates, which checkIssued() asks as well, comes later. */
function isLikelyIssuer(candidate: Certificate, certificate: Certificate): boolean {
	const maySign = candidate.keyUsage?.includes('keyCertSign') ?? true;
	return maySign
		? certificate.x509.checkIssued(candidate.x509)
		: isNamedIssuer(candidate, certificate) && differingIdentifier(certificate, candidate) === undefined;
}

/** The first part of a certificate's authority key identifier that differs from the issuer (RFC 5280 4.2.1.1). */
export function differingIdentifier(
	{authorityKeyIdentifier: named = {}}: Certificate,
	issuer: Certificate,
): 'key' | 'serial' | 'issuer' | undefined {
	if (named.key !== undefined && issuer.subjectKeyIdentifier !== undefined && !named.key.equals(issuer.subjectKeyIdentifier)) {
		return 'key';
	}

	if (named.serial !== undefined && !named.serial.equals(issuer.serial)) {
		return 'serial';
	}

	return named.issuer !== undefined && comparable(named.issuer) !== comparable(issuer.issuer) ? 'issuer' : undefined;
}
