import {bitsOf, booleanOf, bytesOf, childrenOf, contentOf, isContext, isUniversal, oidOf, readDer, tags, type Asn1} from './asn1.js';
import {readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import {ParseError} from './parse-error.js';
import {ipFromBytes} from './host-names.js';

export type Extension = {oid: string; critical: boolean; value: Buffer};

/** An entry of a SAN that names a host. The value is as it is in the file; `invalid` entries are in hexadecimal. */
export type HostEntry = {kind: 'dns' | 'ip' | 'invalid-ip'; value: string};

/** An entry of a SAN that names no host, of a kind that name constraints may be about. */
export type OtherName = {kind: 'mail' | 'uri'; value: string} | {kind: 'directory'; value: DistinguishedName};

export const oids = {
	keyUsage: '2.5.29.15',
	subjectAltName: '2.5.29.17',
	basicConstraints: '2.5.29.19',
	nameConstraints: '2.5.29.30',
	extendedKeyUsage: '2.5.29.37',
	netscapeCertType: '2.16.840.1.113730.1.1',
	serverAuth: '1.3.6.1.5.5.7.3.1',
	clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** Extensions that are read, and that no TLS client has to know when they are critical. */
export const otherOids = {
	subjectKeyIdentifier: '2.5.29.14',
	authorityKeyIdentifier: '2.5.29.35',
	/** RFC 7633: what the server must do in the handshake. */
	tlsFeature: '1.3.6.1.5.5.7.1.24',
	/** RFC 6962 3.3: proof that a certificate was logged, which public CAs add. */
	signedTimestamps: '1.3.6.1.4.1.11129.2.4.2',
	/** RFC 6962 3.1: a certificate for the logs only. */
	precertificatePoison: '1.3.6.1.4.1.11129.2.4.3',
} as const;

const usages = [
	'digitalSignature',
	'nonRepudiation',
	'keyEncipherment',
	'dataEncipherment',
	'keyAgreement',
	'keyCertSign',
	'cRLSign',
	'encipherOnly',
	'decipherOnly',
];

const purposes: Record<string, string> = {
	[oids.serverAuth]: 'serverAuth',
	[oids.clientAuth]: 'clientAuth',
	'1.3.6.1.5.5.7.3.3': 'codeSigning',
	'1.3.6.1.5.5.7.3.4': 'emailProtection',
	'1.3.6.1.5.5.7.3.8': 'timeStamping',
	'1.3.6.1.5.5.7.3.9': 'OCSPSigning',
	'2.5.29.37.0': 'anyExtendedKeyUsage',
	'1.3.6.1.4.1.311.10.3.3': 'msSGC',
	'1.3.6.1.4.1.311.20.2.2': 'msSmartcardLogin',
};

/** Reads `Extensions` (RFC 5280 4.1.2.9); the list may hold an extension twice. */
export function readExtensions(node: Asn1 | undefined): Extension[] {
	return childrenOf(node, tags.sequence).map(entry => {
		const [oid, ...rest] = childrenOf(entry, tags.sequence);
		const critical = isUniversal(rest[0], tags.boolean) && booleanOf(rest.shift());
		return {oid: oidOf(oid), critical, value: bytesOf(rest[0], tags.octetString)};
	});
}

/** The names of a key usage's bits, such as `digitalSignature`. */
export function readKeyUsage(value: Buffer): string[] {
	return bitsOf(readDer(value)).map(bit => usages[bit] ?? `bit ${bit}`);
}

/** The bits of Netscape's certificate type, of which some OpenVPN templates still set one. */
const netscapeTypes = ['client', 'server', 'email', 'objsign', 'reserved', 'sslCA', 'emailCA', 'objCA'];

/** The names of the bits of `nsCertType`, as OpenSSL's configuration files have them. */
export function readNetscapeCertType(value: Buffer): string[] {
	return bitsOf(readDer(value)).map(bit => netscapeTypes[bit] ?? `bit ${bit}`);
}

/** The numbers of the TLS extensions that a certificate demands (RFC 7633 4). */
export function readTlsFeatures(value: Buffer): number[] {
	return childrenOf(readDer(value), tags.sequence).map(node => smallNumber(bytesOf(node, tags.integer)));
}

/** The purposes of an extended key usage: a name such as `serverAuth` for the known ones, else the object identifier. */
export function readExtendedKeyUsage(value: Buffer): string[] {
	return childrenOf(readDer(value), tags.sequence)
		.map(node => oidOf(node))
		.map(oid => purposes[oid] ?? oid);
}

export function readBasicConstraints(value: Buffer): {ca: boolean; pathLength?: number} {
	const [first, second] = childrenOf(readDer(value), tags.sequence);
	const ca = isUniversal(first, tags.boolean) && booleanOf(first);
	const limit = isUniversal(first, tags.integer) ? first : second;
	return limit === undefined ? {ca} : {ca, pathLength: smallNumber(bytesOf(limit, tags.integer))};
}

/** The hosts among a SAN's entries (RFC 5280 4.2.1.6), the other names that can be constrained, and how many entries name no host. */
export function readSubjectAltName(value: Buffer): {hosts: HostEntry[]; names: OtherName[]; others: number} {
	const entries = childrenOf(readDer(value), tags.sequence);
	if (entries.some(entry => Number(entry.tagClass) !== 0x80 || Number(entry.type) > 8)) {
		throw new ParseError('its subject alternative name holds something that is not a name');
	}

	const hosts = entries.flatMap((entry): HostEntry[] => {
		if (isContext(entry, 2)) {
			return [{kind: 'dns', value: contentOf(entry).toString('latin1')}];
		}

		return isContext(entry, 7) ? [ipEntry(contentOf(entry))] : [];
	});
	return {hosts, names: entries.flatMap(entry => otherName(entry)), others: entries.length - hosts.length};
}

function otherName(entry: Asn1): OtherName[] {
	const kind = isContext(entry, 1) ? 'mail' : isContext(entry, 6) ? 'uri' : undefined;
	if (kind !== undefined) {
		return [{kind, value: contentOf(entry).toString('latin1')}];
	}

	return isContext(entry, 4) && typeof entry.value !== 'string' ? [{kind: 'directory', value: readDistinguishedName(entry.value[0])}] : [];
}

function ipEntry(bytes: Buffer): HostEntry {
	const ip = ipFromBytes(bytes);
	return ip === undefined ? {kind: 'invalid-ip', value: bytes.toString('hex')} : {kind: 'ip', value: ip};
}

function smallNumber(bytes: Buffer): number {
	if (bytes.length === 0 || bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) {
		throw new ParseError('it holds a number out of range');
	}

	return bytes.readUIntBE(0, bytes.length);
}
