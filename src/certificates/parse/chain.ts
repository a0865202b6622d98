// The order of the certificates in a file: which one is the server's, and who issued whom.
import type {KeyObject} from 'node:crypto';
import {isAuthority, type Certificate} from './certificate.js';
import {comparable} from './distinguished-name.js';
import {isSameKey} from './signature.js';

export type Chain = {
	/** In the order of the file, each one once. */
	inFile: Certificate[];
	/** How many were there more than once. */
	duplicates: number;
	leaf: Certificate;
	/** From the leaf upwards, each issued by the next according to their names; it may not reach a root. */
	path: Certificate[];
};

/** Orders the certificates of a file; undefined when there is none. The key, when known, identifies the server's certificate. */
export function chainOf(certificates: readonly Certificate[], key?: KeyObject): Chain | undefined {
	const inFile = certificates.filter(({der}, index) => certificates.findIndex(other => other.der.equals(der)) === index);
	const leaf = leafOf(inFile, key);
	return leaf && {inFile, duplicates: certificates.length - inFile.length, leaf, path: pathFrom(leaf, inFile)};
}

/** Whether the names of two certificates say that one issued the other. It says nothing about the signature. */
export function isNamedIssuer(issuer: Certificate, certificate: Certificate): boolean {
	return comparable(issuer.subject) === comparable(certificate.issuer);
}

function leafOf(certificates: Certificate[], key?: KeyObject): Certificate | undefined {
	const servers = certificates.filter(certificate => !isAuthority(certificate));
	const fits = ({publicKey}: Certificate) => key !== undefined && isSameKey(publicKey, key);
	return servers.find(fits) ?? servers[0] ?? certificates.find(fits) ?? certificates[0];
}

function pathFrom(leaf: Certificate, certificates: Certificate[]): Certificate[] {
	const path = [leaf];
	for (let last = leaf; !last.selfSigned;) {
		const current = last;
		const next = certificates.find(candidate => !path.includes(candidate) && isNamedIssuer(candidate, current));
		if (next === undefined) {
			break;
		}

		path.push(next);
		last = next;
	}

	return path;
}
