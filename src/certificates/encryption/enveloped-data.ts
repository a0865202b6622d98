// Encrypts for a public key: CMS EnvelopedData (RFC 5652 6) with RSA-OAEP and SHA-256 (RFC 3560) and AES-256-CBC (RFC 3565). node:crypto
// encrypts; forge lays out the structure and sees only what is encrypted already.
import {constants, createCipheriv, publicEncrypt, randomBytes} from 'node:crypto';
import forge from 'node-forge';
import {toPem} from '../parse/pem.js';
import type {Recipient} from './recipient.js';

const {asn1} = forge;
const {UNIVERSAL, CONTEXT_SPECIFIC} = asn1.Class;
/** The tags `[0]` and `[1]` of a context; forge's type knows the universal ones only. */
const {NONE: tag0, BOOLEAN: tag1} = asn1.Type;

type Node = forge.asn1.Asn1;

const oids = {
	data: '1.2.840.113549.1.7.1',
	envelopedData: '1.2.840.113549.1.7.3',
	rsaesOaep: '1.2.840.113549.1.1.7',
	mgf1: '1.2.840.113549.1.1.8',
	sha256: '2.16.840.1.101.3.4.2.1',
	aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;

/** As PEM that `openssl cms -decrypt -inform PEM -inkey FILE` opens. The content never becomes a string. */
export function encryptFor(recipient: Recipient, content: Buffer): string {
	const key = randomBytes(32);
	try {
		const iv = randomBytes(16);
		const cipher = createCipheriv('aes-256-cbc', key, iv);
		const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
		const contentInfo = sequence(oid(oids.envelopedData), explicit(tag0, envelopedData(recipientInfo(recipient, key), iv, encrypted)));
		return toPem('CMS', Buffer.from(asn1.toDer(contentInfo).getBytes(), 'latin1'));
	} finally {
		key.fill(0);
	}
}

/** Version 2, because its recipient is named by a subjectKeyIdentifier (RFC 5652 6.1). */
function envelopedData(recipient: Node, iv: Buffer, encrypted: Buffer): Node {
	const algorithm = sequence(oid(oids.aes256Cbc), octets(iv));
	return sequence(
		version(2),
		asn1.create(UNIVERSAL, asn1.Type.SET, true, [recipient]),
		sequence(oid(oids.data), algorithm, implicit(tag0, encrypted)),
	);
}

/** KeyTransRecipientInfo (RFC 5652 6.2.1). */
function recipientInfo({publicKey, keyIdentifier}: Recipient, key: Buffer): Node {
	const encryptedKey = publicEncrypt({key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256'}, key);
	return sequence(version(2), implicit(tag0, keyIdentifier), oaepWithSha256(), octets(encryptedKey));
}

/** RSAES-OAEP-params (RFC 8017 A.2.1) with SHA-256 in both places. */
function oaepWithSha256(): Node {
	const sha256 = () => sequence(oid(oids.sha256), asn1.create(UNIVERSAL, asn1.Type.NULL, false, ''));
	return sequence(oid(oids.rsaesOaep), sequence(explicit(tag0, sha256()), explicit(tag1, sequence(oid(oids.mgf1), sha256()))));
}

function sequence(...children: Node[]): Node {
	return asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, children);
}

function oid(name: string): Node {
	return asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(name).getBytes());
}

function version(number: number): Node {
	return asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, String.fromCharCode(number));
}

function octets(bytes: Buffer): Node {
	return asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, bytes.toString('latin1'));
}

function explicit(tag: forge.asn1.Type, child: Node): Node {
	return asn1.create(CONTEXT_SPECIFIC, tag, true, [child]);
}

function implicit(tag: forge.asn1.Type, bytes: Buffer): Node {
	return asn1.create(CONTEXT_SPECIFIC, tag, false, bytes.toString('latin1'));
}
