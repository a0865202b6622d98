import {X509Certificate, type KeyObject} from 'node:crypto';
import forge from 'node-forge';
import {bytesOf, childrenOf, dateOf, isContext, isUniversal, oidOf, readDer, tags, type Asn1} from './asn1.js';
import {ParseError} from './parse-error.js';
import {
	oids,
	otherOids,
	readBasicConstraints,
	readExtendedKeyUsage,
	readExtensions,
	readKeyUsage,
	readNetscapeCertType,
	readSubjectAltName,
	readTlsFeatures,
	type Extension,
	type HostEntry,
	type OtherName,
} from './extensions.js';
import {readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import {readAuthorityKeyIdentifier, readSubjectKeyIdentifier, type AuthorityKeyIdentifier} from './key-identifiers.js';
import {readNameConstraints, type NameConstraints} from './name-constraints.js';
import {isSignedBy} from './signature.js';

/** A certificate read by two readers: forge walked its ASN.1, and OpenSSL (through node:crypto) has loaded it and its key. */
export type Certificate = {
	der: Buffer;
	x509: X509Certificate;
	publicKey: KeyObject;
	/** 1, 2 or 3. */
	version: number;
	/** Two's complement, as in the file. */
	serial: Buffer;
	signatureOid: string;
	issuer: DistinguishedName;
	subject: DistinguishedName;
	notBefore: Date;
	notAfter: Date;
	extensions: Extension[];
	/** Undefined where the extension is absent. */
	basicConstraints?: {ca: boolean; pathLength?: number};
	keyUsage?: string[];
	extendedKeyUsage?: string[];
	subjectAltName?: {hosts: HostEntry[]; names: OtherName[]; others: number};
	nameConstraints?: NameConstraints;
	/** Such as `server`. */
	netscapeCertType?: string[];
	/** The numbers of TLS extensions; 5 is OCSP stapling. */
	tlsFeatures?: number[];
	subjectKeyIdentifier?: Buffer;
	authorityKeyIdentifier?: AuthorityKeyIdentifier;
	/** The names in DER, to see whether they are the same to programs that compare bytes. */
	names: {issuer: string; subject: string};
	/** Whether its elliptic curve is written out instead of named (RFC 5480 2.1.1 forbids it). */
	hasExplicitCurve: boolean;
	/** Issuer and subject are the same, and its own key made its signature. */
	selfSigned: boolean;
};

/** id-ecPublicKey (RFC 5480 2.1.1). */
const ellipticCurve = '1.2.840.10045.2.1';

/** Reads DER (RFC 5280 4.1). Throws ParseError for anything that one of the two readers, or DER's rules for dates, refuses. */
export function readCertificate(der: Buffer): Certificate {
	const [tbs, outer] = childrenOf(readDer(der), tags.sequence);
	const fields = [...childrenOf(tbs, tags.sequence)];
	const version = isContext(fields[0], 0) ? versionOf(fields.shift()) : 1;
	const [serial, inner, issuer, validity, subject, subjectKey] = fields;
	const [notBefore, notAfter] = childrenOf(validity, tags.sequence);
	const wrapped = fields.slice(6).find(field => isContext(field, 3));
	const extensions = wrapped === undefined ? [] : readExtensions(inside(wrapped)); // Whatever the version says, as OpenSSL does.
	if (!sameBytes(inner, outer)) {
		throw new ParseError('its inner and its outer signature algorithm differ');
	}

	const parts = {
		version,
		extensions,
		serial: bytesOf(serial, tags.integer),
		signatureOid: oidOf(childrenOf(outer, tags.sequence)[0]),
		issuer: readDistinguishedName(issuer),
		subject: readDistinguishedName(subject),
		notBefore: dateOf(notBefore),
		notAfter: dateOf(notAfter),
		...understood(extensions),
	};
	const {x509, publicKey} = loaded(der);
	const names = {issuer: bytesIn(issuer), subject: bytesIn(subject)};
	const selfSigned = names.issuer === names.subject && isSignedBy(x509, publicKey);
	return {der, ...parts, x509, publicKey, names, selfSigned, hasExplicitCurve: hasExplicitCurve(subjectKey)};
}

/** Whether one certificate says that it issues others; without extensions, as before version 3, one that issued itself does. */
export function isAuthority({version, extensions, basicConstraints, selfSigned}: Certificate): boolean {
	return version >= 3 || extensions.length > 0 ? basicConstraints?.ca === true : selfSigned;
}

function understood(extensions: Extension[]): Partial<Certificate> {
	for (const {value} of extensions) {
		refuseDeepNesting(value);
	}

	const read = <Value>(oid: string, reader: (value: Buffer) => Value) => {
		const found = extensions.find(extension => extension.oid === oid);
		return found && reader(found.value);
	};

	const basicConstraints = read(oids.basicConstraints, readBasicConstraints);
	const keyUsage = read(oids.keyUsage, readKeyUsage);
	const extendedKeyUsage = read(oids.extendedKeyUsage, readExtendedKeyUsage);
	const subjectAltName = read(oids.subjectAltName, readSubjectAltName);
	const nameConstraints = read(oids.nameConstraints, readNameConstraints);
	const netscapeCertType = read(oids.netscapeCertType, readNetscapeCertType);
	const tlsFeatures = read(otherOids.tlsFeature, readTlsFeatures);
	return {
		...keyIdentifiers(extensions),
		...(basicConstraints && {basicConstraints}),
		...(keyUsage && {keyUsage}),
		...(extendedKeyUsage && {extendedKeyUsage}),
		...(subjectAltName && {subjectAltName}),
		...(nameConstraints && {nameConstraints}),
		...(netscapeCertType && {netscapeCertType}),
		...(tlsFeatures && {tlsFeatures}),
	};
}

function keyIdentifiers(extensions: Extension[]): Partial<Certificate> {
	const valueOf = (oid: string) => extensions.find(extension => extension.oid === oid)?.value;
	const [subject, authority] = [valueOf(otherOids.subjectKeyIdentifier), valueOf(otherOids.authorityKeyIdentifier)];
	const subjectKeyIdentifier = subject && readSubjectKeyIdentifier(subject);
	return {
		...(subjectKeyIdentifier && {subjectKeyIdentifier}),
		...(authority && {authorityKeyIdentifier: readAuthorityKeyIdentifier(authority)}),
	};
}

/** Other readers descend into private extensions too. One that would exhaust them is refused; whether it is DER is not judged. */
function refuseDeepNesting(value: Buffer): void {
	try {
		readDer(value);
	} catch (error) {
		if (error instanceof ParseError && error.message.includes('deep')) {
			throw error;
		}
	}
}

function loaded(der: Buffer): Pick<Certificate, 'x509' | 'publicKey'> {
	let certificate;
	try {
		const x509 = new X509Certificate(der);
		certificate = {x509, publicKey: x509.publicKey};
	} catch (error) {
		throw new ParseError('OpenSSL cannot load it or its public key', {cause: error});
	}

	if (!certificate.x509.raw.equals(der)) {
		throw new ParseError('its bytes are not DER, and OpenSSL would send others in their place; the CA must issue it anew');
	}

	return certificate;
}

function versionOf(node: Asn1 | undefined): number {
	const bytes = bytesOf(inside(node), tags.integer);
	return bytes.length === 1 ? (bytes[0] ?? 0) + 1 : 0;
}

function inside(node: Asn1 | undefined): Asn1 | undefined {
	return typeof node?.value === 'string' ? undefined : node?.value[0];
}

function sameBytes(one: Asn1 | undefined, other: Asn1 | undefined): boolean {
	return one !== undefined && other !== undefined && bytesIn(one) === bytesIn(other);
}

/** An element as it was written, one character for each byte. */
function bytesIn(node: Asn1 | undefined): string {
	return node === undefined ? '' : forge.asn1.toDer(node).getBytes();
}

function hasExplicitCurve(subjectKey: Asn1 | undefined): boolean {
	const [algorithm, parameters] = childrenOf(childrenOf(subjectKey, tags.sequence)[0], tags.sequence);
	return oidOf(algorithm) === ellipticCurve && isUniversal(parameters, tags.sequence);
}
