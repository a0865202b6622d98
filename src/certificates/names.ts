import net from 'node:net';
import {domainToASCII} from 'node:url';
import {childrenOf, oidOf, tags, textOf, type Asn1} from './asn1.js';
import {sanitise} from './sanitise.js';

/** A distinguished name (RFC 5280 4.1.2.4), its parts in the order of the file. */
export type DistinguishedName = Array<{oid: string; value: string}>;

const commonName = '2.5.4.3';

const shortNames: Record<string, string> = {
	[commonName]: 'CN', '2.5.4.5': 'serialNumber', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.9': 'street',
	'2.5.4.10': 'O', '2.5.4.11': 'OU', '0.9.2342.19200300.100.1.25': 'DC', '0.9.2342.19200300.100.1.1': 'UID',
	'1.2.840.113549.1.9.1': 'emailAddress',
};

export function readDistinguishedName(node: Asn1 | undefined): DistinguishedName {
	return childrenOf(node, tags.sequence).flatMap(set => childrenOf(set, tags.set).map(pair => {
		const [type, value] = childrenOf(pair, tags.sequence);
		const oid = oidOf(type);
		return {oid, value: value === undefined ? '' : textOf(value)};
	}));
}

/** Every common name in a distinguished name, as it is in the file. */
export function commonNamesIn(name: DistinguishedName): string[] {
	return name.filter(({oid}) => oid === commonName).map(({value}) => value);
}

/** Such as `CN=ts1.example.com, O=IT, C=US`, sanitised, with the most telling part first. */
export function inWords(name: DistinguishedName): string {
	const parts = [...name].sort((one, other) => Number(other.oid === commonName) - Number(one.oid === commonName));
	return parts.map(({oid, value}) => `${shortNames[oid] ?? oid}=${sanitise(value)}`).join(', ') || '(no name)';
}

/** The canonical words of an IP address as a certificate holds it, 4 or 16 bytes; undefined for any other length. */
export function ipFromBytes(bytes: Buffer): string | undefined {
	if (bytes.length === 4) {
		return bytes.join('.');
	}

	const groups = bytes.length === 16 ? Array.from({length: 8}, (_, index) => bytes.readUInt16BE(index * 2).toString(16)) : undefined;
	return groups && normalHost(groups.join(':'));
}

/** A host name or an IP address in the one form that is compared: lower case, no final dot, xn-- labels, shortest IPv6. */
export function normalHost(host: string): string {
	const bare = host.trim().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '').toLowerCase();
	if (net.isIPv6(bare)) {
		const url = `http://[${bare}]/`;
		return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : bare;
	}

	return isAscii(bare) ? bare : domainToASCII(bare) || bare;
}

/** Whether a name has no letters that would have to be written as `xn--`. */
export function isAscii(name: string): boolean {
	return Buffer.byteLength(name) === name.length;
}

/** Whether every label is letters, digits and inner hyphens (RFC 1123 2.1), with underscores where they are let through. */
export function isHostName(name: string, options: {underscores?: boolean} = {}): boolean {
	const label = options.underscores ? /^[\w](?:[\w-]{0,61}[\w])?$/ : /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
	return name.length <= 253 && name.split('.').every(part => label.test(part));
}

/** Whether this is a host name with a domain: at least two labels, the last one not a number. */
export function isFullyQualified(name: string): boolean {
	return isHostName(name) && /\.(?!\d+$)[^.]+$/.test(name);
}
