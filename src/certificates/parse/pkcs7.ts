import forge from 'node-forge';
import {childrenOf, isContext, oidOf, readDer, tags, type Asn1} from './asn1.js';
import {ParseError} from './parse-error.js';

const signedData = '1.2.840.113549.1.7.2';

/**
 * The DER of each certificate in a PKCS#7 bundle (SignedData, RFC 2315 9.1), in the order of the bundle; it may be BER. Throws
 * Damage for what is not such a bundle. Signatures that the bundle itself carries are not looked at.
 */
export function certificatesInPkcs7(der: Buffer): Buffer[] {
	const [type, wrapped] = childrenOf(readDer(der), tags.sequence);
	if (oidOf(type) !== signedData) {
		throw new ParseError('it is a PKCS#7 bundle that holds no certificates in the open');
	}

	const [content] = inside(wrapped, 0);
	const certificates = childrenOf(content, tags.sequence).find(part => isContext(part, 0));
	return certificates === undefined ? [] : inside(certificates, 0).map(node => Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1'));
}

function inside(node: Asn1 | undefined, number: number): Asn1[] {
	if (!isContext(node, number) || typeof node.value === 'string') {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return node.value;
}
