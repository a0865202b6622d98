import {isUtf8} from 'node:buffer';
import net from 'node:net';
import {domainToASCII} from 'node:url';

/** The canonical text of an IP address as a certificate holds it, 4 or 16 bytes; undefined for any other length. */
export function ipFromBytes(bytes: Buffer): string | undefined {
	if (bytes.length === 4) {
		return bytes.join('.');
	}

	return bytes.length === 16 ? normalHost(bytes.toString('hex').replaceAll(/.{4}(?=.)/g, '$&:')) : undefined;
}

/** A host name or an IP address in the one form that is compared: lower case, no final dot, xn-- labels, shortest IPv6. */
export function normalHost(host: string): string {
	const bare = host
		.trim()
		.replace(/^\[(.*)\]$/, '$1')
		.replace(/\.$/, '')
		.toLowerCase();
	if (net.isIPv6(bare)) {
		const url = `http://[${bare}]/`;
		return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : bare;
	}

	return isAscii(bare) ? bare : domainToASCII(bare) || bare;
}

/** A DNS name of a certificate as a person reads it: UTF-8 where its bytes are that, although the standard allows ASCII only. */
export function shownName(value: string): string {
	const bytes = Buffer.from(value, 'latin1');
	return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/** Whether a name has no letters that would have to be written as `xn--`. */
export function isAscii(name: string): boolean {
	return Buffer.byteLength(name) === name.length;
}

/** Whether every label is letters, digits and inner hyphens (RFC 1123 2.1), with underscores where they are allowed. */
export function isHostName(name: string, options: {underscores?: boolean} = {}): boolean {
	const label = options.underscores ? /^[\w](?:[\w-]{0,61}[\w])?$/ : /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
	return name.length <= 253 && name.split('.').every(part => label.test(part));
}

/** Whether this is a host name with a domain: at least two labels, the last one not a number. */
export function isFullyQualified(name: string): boolean {
	return isHostName(name) && /\.(?!\d+$)[^.]+$/.test(name);
}
