// What requests and certificates made here have in common. forge lays out what is to be signed, and node:crypto makes keys and
// signatures, so no pure-JavaScript RSA ever sees a private key.
import {randomBytes, sign, type KeyObject} from 'node:crypto';
import net from 'node:net';
import forge from 'node-forge';
import type {Subject} from './subject.js';

const {asn1} = forge;
const {UNIVERSAL} = asn1.Class;
const sha256WithRsa = '1.2.840.113549.1.1.11';
const day = 24 * 60 * 60 * 1000;

/** Missing from forge's types. */
const {getTBSCertificate} = forge.pki as unknown as {getTBSCertificate: (certificate: forge.pki.Certificate) => forge.asn1.Asn1};

/** What the document asks a certificate of a server to have, with these names (DNS names or IP addresses) as its SAN. */
export function serverExtensions(names: readonly string[]): object[] {
	return [
		{name: 'basicConstraints', cA: false},
		{name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true},
		{name: 'extKeyUsage', serverAuth: true, clientAuth: true},
		{name: 'subjectAltName', altNames: names.map(host => (net.isIP(host) === 0 ? {type: 2, value: host} : {type: 7, ip: host}))},
	];
}

/** The attributes of a subject as forge takes them: UTF8String, but PrintableString for the country (RFC 5280 A.1). */
export function attributesOf({names, attributes}: Subject): forge.pki.CertificateField[] {
	const utf8 = asn1.Type.UTF8 as unknown as forge.asn1.Class;
	const others = attributes.map(({name, value}) => (name === 'countryName' ? {name, value} : {name, value, valueTagClass: utf8}));
	return [...others, {name: 'commonName', value: names[0] ?? '', valueTagClass: utf8}];
}

/** An attribute by its object identifier, in the same string types. */
export function attributeOf(oid: string, value: string): forge.pki.CertificateField {
	const utf8 = asn1.Type.UTF8 as unknown as forge.asn1.Class;
	return {type: oid, value, ...(oid !== forge.pki.oids['countryName'] && {valueTagClass: utf8})};
}

export type Validity = {
	/** How long it is valid. */
	days: number;
	/** Since when; now, unless given. */
	from?: Date;
};

/** A certificate that lacks its subject, issuer and extensions. Its serial number is positive, random and 16 bytes long. */
export function blankCertificate(publicKey: KeyObject, {days, from = new Date()}: Validity): forge.pki.Certificate {
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forgeKey(publicKey);
	certificate.serialNumber = positiveSerial();
	certificate.validity.notBefore = from;
	certificate.validity.notAfter = new Date(from.getTime() + days * day);
	certificate.siginfo.algorithmOid = sha256WithRsa;
	return certificate;
}

/** An RSA public key in forge's form. */
export function forgeKey(publicKey: KeyObject): forge.pki.rsa.PublicKey {
	return forge.pki.publicKeyFromPem(publicKey.export({type: 'spki', format: 'pem'}).toString());
}

/** The DER of a certificate, signed by this RSA key with SHA-256. */
export function signCertificate(certificate: forge.pki.Certificate, key: KeyObject): Buffer {
	return signContent(getTBSCertificate(certificate), key);
}

/** The DER of (content, algorithm, signature), as certificates and requests are built (RFC 5280 4.1, RFC 2986 4.2). */
export function signContent(content: forge.asn1.Asn1, key: KeyObject): Buffer {
	const signature = sign('sha256', Buffer.from(asn1.toDer(content).getBytes(), 'latin1'), key);
	const whole = asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [
		content,
		asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [
			asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(sha256WithRsa).getBytes()),
			asn1.create(UNIVERSAL, asn1.Type.NULL, false, ''),
		]),
		asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, `\0${signature.toString('latin1')}`),
	]);
	return Buffer.from(asn1.toDer(whole).getBytes(), 'latin1');
}

/** 16 random bytes, the first from 0x40 to 0x7f: positive, and never shortened (RFC 5280 4.1.2.2). */
function positiveSerial(): string {
	const bytes = randomBytes(16);
	bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
	return bytes.toString('hex');
}
