// How a certificate names the key, and the certificate, of its issuer (RFC 5280 4.2.1.1 and 4.2.1.2).
import {bytesOf, childrenOf, contentOf, isContext, readDer, tags, type Asn1} from './asn1.js';
import {readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import {tryParse} from './parse-error.js';

export type AuthorityKeyIdentifier = {
	/** The issuer's subject key identifier. */
	key?: Buffer;
	/** The issuer's own issuer. */
	issuer?: DistinguishedName;
	/** The serial number of the issuer's certificate, two's complement. */
	serial?: Buffer;
};

/** Undefined for one that cannot be read: OpenSSL refuses the certificate then, which is reported elsewhere. */
export function readSubjectKeyIdentifier(value: Buffer): Buffer | undefined {
	let identifier: Buffer | undefined;
	tryParse(() => {
		identifier = bytesOf(readDer(value), tags.octetString);
	});
	return identifier;
}

/** Likewise; a part that is absent is left out. */
export function readAuthorityKeyIdentifier(value: Buffer): AuthorityKeyIdentifier {
	const result: AuthorityKeyIdentifier = {};
	tryParse(() => {
		for (const part of childrenOf(readDer(value), tags.sequence)) {
			readPart(result, part);
		}
	});
	return result;
}

function readPart(result: AuthorityKeyIdentifier, part: Asn1): void {
	const inside = typeof part.value === 'string' ? [] : part.value;
	const directory = inside.find(name => isContext(name, 4))?.value;
	if (isContext(part, 0)) {
		result.key = contentOf(part);
	} else if (isContext(part, 2)) {
		result.serial = contentOf(part);
	} else if (isContext(part, 1) && directory !== undefined && typeof directory !== 'string') {
		result.issuer = readDistinguishedName(directory[0]);
	}
}
