// The rules for names. Whole names are compared in their normal form; a part of a name never matches.
import net from 'node:net';
import type {Certificate} from '../parse/certificate.js';
import type {HostEntry} from '../parse/extensions.js';
import {refuse, warn, type FindingDraft, type FindingId} from './finding.js';
import {commonNamesIn} from '../parse/distinguished-name.js';
import {isAscii, isFullyQualified, isHostName, normalHost, shownName} from '../parse/host-names.js';
import {listed, quoted} from '../../sanitise.js';

const maxCommonNameLength = 64; // RFC 5280, ub-common-name.
const maxNameLength = 253;

/** Checks the common name and the SAN of a version 3 certificate against the names the server must answer to. */
export function nameFindings(certificate: Certificate, hosts: readonly string[]): FindingDraft[] {
	const required = [...new Set(hosts.map(host => normalHost(host)))];
	const names = commonNamesIn(certificate.subject);
	const fault = commonNameError(names);
	const entries = certificate.subjectAltName?.hosts ?? [];
	const [name] = names;
	if (certificate.subjectAltName === undefined || entries.length + certificate.subjectAltName.others === 0) {
		return [...(fault === undefined ? [] : [fault]), sanMissing(name, required)];
	}

	const inside = fault === undefined && name !== undefined ? [...cnNotInSan(name, entries)] : [];
	return [...(fault === undefined ? inside : [fault]), ...sanHost(entries, required), ...entryFindings(entries, [...required, ...names])];
}

function commonNameError(names: string[]): FindingDraft | undefined {
	const [name] = names;
	const ask = 'The common name must be one fully qualified domain name or IP address of the server.';
	if (name === undefined || (names.length === 1 && name.trim() === '')) {
		return refuse(
			'cn-missing',
			"The certificate's subject has no common name (CN).",
			`${ask} Some profiles of ACME CAs leave it out, such as Let's Encrypt's tlsserver (letsencrypt.org/docs/profiles): choose another.`,
		);
	}

	if (names.length > 1) {
		return refuse('cn-multiple', `The certificate's subject has ${names.length} common names: ${listed(names)}.`, ask);
	}

	if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name) || name.includes('\u{FFFD}')) {
		return refuse('cn-invalid', `The common name has characters that no host name has: ${quoted(name)}.`, ask);
	}

	if (name.includes('*')) {
		return refuse('cn-wildcard', `The common name is a wildcard: ${quoted(name)}.`, ask);
	}

	if (name.length > maxCommonNameLength) {
		return refuse(
			'cn-too-long',
			`The common name has ${name.length} characters; at most ${maxCommonNameLength} are allowed: ${quoted(name)}.`,
			ask,
		);
	}

	const underscore = name.includes('_') ? ' An underscore (_) is not allowed in the name of a host (RFC 1123).' : '';
	const unicode = isAscii(name) ? '' : ` Write it in its xn-- form: ${quoted(normalHost(name))}.`;
	return net.isIP(name) !== 0 || isFullyQualified(name)
		? undefined
		: refuse(
				'cn-not-fqdn',
				`The common name is not a fully qualified domain name or an IP address: ${quoted(name)}.`,
				ask + underscore + unicode,
			);
}

/** A missing SAN is a warning only when the common name is the only required name. */
function sanMissing(name: string | undefined, required: readonly string[]): FindingDraft {
	const ask = 'Ask the CA for subjectAltName with the names of all servers that use the certificate.';
	const message = 'The certificate has no subject alternative name (SAN), and browsers ignore the common name.';
	const isOnly = required.length === 0 || (required.length === 1 && name !== undefined && normalHost(name) === required[0]);
	return isOnly ? warn('san-missing', message, ask) : refuse('san-missing', `${message} It must name: ${listed(required)}.`, ask);
}

function cnNotInSan(name: string, entries: HostEntry[]): FindingDraft[] {
	return isNamed(name, entries)
		? []
		: [
				refuse(
					'cn-not-in-san',
					`The common name ${quoted(name)} is not among the SAN's names. The SAN has: ${inWords(entries)}.`,
					'Browsers ignore the common name; ask the CA to put it into the SAN as well.',
				),
			];
}

function sanHost(entries: HostEntry[], required: readonly string[]): FindingDraft[] {
	const missing = required.filter(host => !isNamed(host, entries));
	return missing.length === 0
		? []
		: [
				refuse(
					'san-host',
					`The SAN does not name ${listed(missing)}. It has: ${inWords(entries)}.`,
					'Ask the CA for a SAN with the whole names of all servers that use the certificate.',
				),
			];
}

/**
 * Entries that no client can use. They only warn as long as the SAN names whatever it must properly; one that no program should
 * read (control characters, an impossible length) is an error anyway.
 */
function entryFindings(entries: HostEntry[], names: readonly string[]): FindingDraft[] {
	const say = names.every(name => isProperlyNamed(name, entries)) ? harmless : refuse;
	const dns = entries.filter(({kind}) => kind === 'dns').map(({value}) => value);
	const addresses = dns.filter(value => net.isIP(value) !== 0);
	const wildcards = dns.filter(value => value.includes('*') && !isBroken(value));
	const invalid = dns.filter(value => !value.includes('*') && net.isIP(value) === 0 && !isHostName(value, {underscores: true}));
	const broken = [
		...dns.filter(value => isBroken(value)),
		...entries.filter(({kind}) => kind === 'invalid-ip').map(({value}) => `IP address 0x${value}`),
	];
	return [
		...found(addresses, values =>
			say(
				'san-ip-as-dns',
				`The SAN has IP addresses entered as DNS names, which clients do not accept: ${values}.`,
				'Ask the CA to enter them as IP addresses (IP.1 = ... in an OpenSSL configuration).',
			),
		),
		...found(wildcards, values =>
			say('san-wildcard', `The SAN has wildcards: ${values}.`, 'Ask the CA for a SAN with the whole name of each server.'),
		),
		...found(
			[...invalid.filter(value => !isBroken(value)), ...broken].map(value => quoted(shownName(value))),
			values =>
				(broken.length > 0 ? refuse : say)(
					'san-invalid',
					`The SAN has entries that are not names or addresses of hosts: ${values}.`,
					`Ask the CA to issue it without them; names have letters, digits, hyphens and dots only, and no final dot.${inAscii(invalid)}`,
				),
		),
	];
}

/** The form of names with other letters that belongs into the SAN (RFC 5890). */
function inAscii(values: readonly string[]): string {
	const written = values.map(value => shownName(value)).filter(value => !isAscii(value) && isHostName(normalHost(value)));
	return written.length === 0 ? '' : ` In the SAN, write ${listed(written.map(value => normalHost(value)))}.`;
}

function found(values: string[], draft: (values: string) => FindingDraft): FindingDraft[] {
	return values.length === 0 ? [] : [draft(listed(values))];
}

function harmless(id: FindingId, message: string, hint: string): FindingDraft {
	return warn(id, message, `It works, as the SAN also has every name that it must have. ${hint}`);
}

/** Names that a program may cut off, or that cannot be sent in DNS (RFC 1035 2.3.4). */
function isBroken(name: string): boolean {
	return name === '' || /[\0-\x1F\x7F]/.test(name) || name.length > maxNameLength;
}

function isProperlyNamed(host: string, entries: HostEntry[]): boolean {
	const normal = normalHost(host);
	return entries.some(
		({kind, value}) => kind !== 'invalid-ip' && value.toLowerCase() === normal && (kind === 'ip') === (net.isIP(normal) !== 0),
	);
}

/**
 * Whether the SAN names a host. An entry that is this name followed by a final dot or a NUL counts here, so that one cause is
 * reported once: such an entry is refused as `san-invalid`.
 */
function isNamed(host: string, entries: HostEntry[]): boolean {
	const normal = normalHost(host);
	const isAddress = net.isIP(normal) !== 0;
	return entries.some(({kind, value}) =>
		isAddress
			? kind === 'ip' && value === normal
			: kind === 'dns' && (value.split('\0')[0] ?? '').replace(/\.$/, '').toLowerCase() === normal,
	);
}

/** The entries of a SAN; one that is no host name is quoted, so that a blank, a comma or a prefix in it can be seen. */
function inWords(entries: HostEntry[]): string {
	return listed(entries.map(({kind, value}) => (kind === 'dns' ? dnsInWords(value) : `IP ${value}`)));
}

function dnsInWords(value: string): string {
	return isHostName(value, {underscores: true}) ? value : quoted(shownName(value));
}
