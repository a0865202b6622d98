import {dateOf, oidOf, readDer} from './asn1.js';
import {readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import {ParseError} from './parse-error.js';
import {der, elementsIn, sequenceIn, type Element} from './tlv.js';

/** A certificate revocation list (RFC 5280 5.1); its signature is not verified, because its issuer is not known here. */
export type RevocationList = {
	issuer: DistinguishedName;
	thisUpdate: Date;
	nextUpdate?: Date;
	/** How many certificates it revokes. */
	revoked: number;
	signatureOid: string;
};

const times = new Set([0x17, 0x18]);

/** Reads DER. Throws ParseError. Entries are counted and not looked into: there may be tens of thousands. */
export function readRevocationList(bytes: Buffer): RevocationList {
	const [list, algorithm] = sequenceIn(bytes);
	const fields = elementsIn(whole(list).content, 8);
	const [, issuer, thisUpdate, ...rest] = fields[0]?.tag === der.integer ? fields.slice(1) : fields;
	const next = rest[0] !== undefined && times.has(rest[0].tag) ? rest.shift() : undefined;
	const [entries] = rest;
	return {
		issuer: readDistinguishedName(readDer(whole(issuer).whole)),
		thisUpdate: timeIn(thisUpdate),
		...(next && {nextUpdate: timeIn(next)}),
		revoked: entries?.tag === der.sequence ? elementsIn(entries.content, Number.POSITIVE_INFINITY).length : 0,
		signatureOid: oidOf(readDer(whole(sequenceIn(whole(algorithm).whole)[0]).whole)),
	};
}

function timeIn(element: Element | undefined): Date {
	return dateOf(readDer(whole(element).whole));
}

function whole(element: Element | undefined): Element {
	if (element === undefined) {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return element;
}
