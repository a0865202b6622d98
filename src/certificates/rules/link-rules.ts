// Whether each certificate of a path was issued by the next: signatures, key identifiers, and names to the byte.
import type {Certificate} from '../parse/certificate.js';
import {numberOf, type Chain} from '../parse/chain.js';
import {formatName} from '../parse/distinguished-name.js';
import {differingIdentifier, isNamedIssuer} from '../parse/path.js';
import {signatureBy} from '../parse/signature.js';
import {distinction, numbered} from './certificate-words.js';
import {refuse, warn, type FindingDraft} from './finding.js';

/** Certificates whose signature was not made by the key of their issuer. A key that cannot be verified with is reported by itself. */
export function signatureFindings(chain: Chain): FindingDraft[] {
	const forged = linksOf(chain).filter(([certificate, issuer]) => signatureBy(issuer.publicKey, certificate.x509) === 'bad');
	return forged.map(([certificate, issuer]) =>
		refuse(
			'chain-signature',
			`The signature of ${numbered(certificate, chain)} was not made by the key of ${called(issuer, chain)}.`,
			chain.anchors.includes(issuer)
				? 'Give the root whose key signed it, or ask the CA for the chain that belongs to this certificate.'
				: 'It is damaged, or its issuer has another certificate of the same name; ask the CA for the chain that belongs to it.',
		),
	);
}

/** What OpenSSL objects to in a chain whose links are valid by the other rules. */
export function keyIdentifierFindings(chain: Chain): FindingDraft[] {
	return linksOf(chain).flatMap(([certificate, issuer]) => {
		const maySign = issuer.keyUsage?.includes('keyCertSign') ?? true; // Otherwise another finding reports it.
		const isForged = signatureBy(issuer.publicKey, certificate.x509) === 'bad'; // Likewise.
		if (!maySign || isForged || certificate.x509.checkIssued(issuer.x509)) {
			return [];
		}

		return [
			refuse(
				'chain-broken',
				`OpenSSL does not take ${called(issuer, chain)} as the issuer of ${numbered(certificate, chain)}, although it signed it: `
					+ `${difference(certificate, issuer)}.`,
				'Ask the CA for the chain that belongs to this certificate, or for a certificate with the authority key identifier of its issuer.',
			),
		];
	});
}

/** Names that mean the same and are written in other bytes, as in another type of string: NSS compares the bytes (RFC 5280 7.1). */
export function encodingFindings(chain: Chain): FindingDraft[] {
	const differing = linksOf(chain).filter(([certificate, issuer]) => certificate.names.issuer !== issuer.names.subject);
	return differing.map(([certificate, issuer]) =>
		warn(
			'chain-name-encoding',
			`The issuer's name in ${numbered(certificate, chain)} is encoded in other bytes than the subject of ${called(issuer, chain)}: another `
				+ 'string type, case or spacing. OpenSSL takes them for the same; Firefox and other programs that use NSS do not.',
			'It works with OpenSSL; tell the CA, which must copy its subject as it is.',
		),
	);
}

/** Each certificate with its issuer; the topmost one with itself, where it names itself. */
function linksOf({path, anchors}: Chain): Array<[Certificate, Certificate]> {
	const whole = [...path, ...anchors];
	return whole.flatMap((certificate, index) => {
		const issuer = whole[index + 1] ?? (isNamedIssuer(certificate, certificate) ? certificate : undefined);
		return issuer === undefined ? [] : [[certificate, issuer]];
	});
}

function called(issuer: Certificate, chain: Chain): string {
	const name = formatName(issuer.subject);
	return chain.anchors.includes(issuer) ? `the given root ${name}` : `its issuer, certificate ${numberOf(chain, issuer)} (${name})`;
}

/** Which part of the authority key identifier differs, in words. */
function difference(certificate: Certificate, issuer: Certificate): string {
	const hex = (bytes?: Buffer) => bytes?.toString('hex').toUpperCase() ?? '';
	const {key, serial, issuer: above = []} = certificate.authorityKeyIdentifier ?? {};
	switch (differingIdentifier(certificate, issuer)) {
		case 'key': {
			const own = hex(issuer.subjectKeyIdentifier);
			return `its authority key identifier is ${hex(key)}, and the subject key identifier of the issuer is ${own}`;
		}

		case 'serial': {
			return (
				`its authority key identifier names the issuer's certificate by the serial number ${hex(serial)}, and this one has `
				+ `${distinction(issuer)}, as after a renewal of the CA`
			);
		}

		case 'issuer': {
			const [named, found] = [above, issuer.issuer].map(name => formatName(name));
			return `its authority key identifier names a certificate that ${named} issued, and this one was issued by ${found}`;
		}

		default: {
			return 'an extension of one of them is broken, such as a key identifier';
		}
	}
}
