// The order of the certificates in a file: which one is the server's, who issued whom, and which are not needed.
import type {KeyObject} from 'node:crypto';
import {isAuthority, type Certificate} from './certificate.js';
import {findPath} from './path.js';
import {isSameKey} from './signature.js';

export type Chain = {
	/** In the order of the file. */
	all: readonly Certificate[];
	/** In the order of the file, each one once. */
	inFile: Certificate[];
	/** How many were there more than once. */
	duplicates: number;
	leaf: Certificate;
	/** From the leaf upwards, each issued by the next according to their names; it may not reach a root. */
	path: Certificate[];
	/** The given roots that continue the path, none when it does not reach one or ends at one that is in the file. */
	anchors: Certificate[];
	/** Those of the file that are not needed: neither on the path, nor above it without a fault. In the order of the file. */
	superfluous: Certificate[];
};

export type ChainOptions = {
	/** When known, it identifies the server's certificate. */
	key?: KeyObject | undefined;
	/** When certificates must be valid; now, if not given. */
	at?: Date;
	/** Given roots. The path ends at the first of them that it meets. */
	roots?: readonly Certificate[] | undefined;
};

/** Orders the certificates of a file; undefined when there is none. */
export function chainOf(all: readonly Certificate[], {key, at = new Date(), roots}: ChainOptions = {}): Chain | undefined {
	const inFile = all.filter(({der}, index) => all.findIndex(other => other.der.equals(der)) === index);
	const leaf = leafOf(inFile, at, key);
	if (leaf === undefined) {
		return undefined;
	}

	const others = inFile.filter(one => one !== leaf);
	const given = roots?.map(root => inFile.find(one => one.der.equals(root.der)) ?? root);
	const {certificates} = findPath(leaf, {certificates: others, roots: given, at});
	const path = certificates.filter(one => inFile.includes(one));
	return {
		all,
		inFile,
		duplicates: all.length - inFile.length,
		leaf,
		path,
		anchors: certificates.filter(one => !inFile.includes(one)),
		superfluous: others.filter(one => !path.includes(one) && !above(path, others, at).includes(one)),
	};
}

/** The number of a certificate in its file, counted from 1. */
export function numberOf({all}: Pick<Chain, 'all'>, certificate: Certificate): number {
	return all.indexOf(certificate) + 1;
}

/** With two that fit, as after a renewal with the old key, the one that is valid. */
function leafOf(certificates: Certificate[], at: Date, key?: KeyObject): Certificate | undefined {
	const servers = certificates.filter(certificate => !isAuthority(certificate));
	const fits = ({publicKey}: Certificate) => key !== undefined && isSameKey(publicKey, key);
	const fitting = servers.filter(one => fits(one));
	const valid = fitting.find(({notBefore, notAfter}) => at >= notBefore && at <= notAfter);
	return valid ?? fitting[0] ?? servers[0] ?? certificates.find(fits) ?? certificates[0];
}

/** What continues a path that ended at a given root, for clients that have another root. */
function above(path: readonly Certificate[], others: readonly Certificate[], at: Date): Certificate[] {
	const top = path.at(-1)!;
	const {certificates, cost} = findPath(top, {certificates: others.filter(one => !path.includes(one)), at});
	return cost < 2 ? certificates : [];
}
