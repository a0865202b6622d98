// What names an authority may issue certificates for (RFC 5280 4.2.1.10): host names, addresses and distinguished names.
import net from 'node:net';
import {childrenOf, contentOf, isContext, readDer, tags, type Asn1} from './asn1.js';
import {ParseError} from './parse-error.js';
import {comparable, readDistinguishedName, type DistinguishedName} from './distinguished-name.js';
import type {HostEntry, OtherName} from './extensions.js';
import {ipFromBytes} from './host-names.js';

type Subtree =
	| {kind: 'dns' | 'mail' | 'uri'; base: string}
	| {kind: 'ip'; base: net.BlockList}
	| {kind: 'directory'; base: DistinguishedName};

export type NameConstraints = {permitted: Subtree[]; excluded: Subtree[]};

/** A name that a certificate goes by. */
type Name = HostEntry | OtherName;

const emailAddress = '1.2.840.113549.1.9.1';

/** Reads the extension. Throws ParseError. */
export function readNameConstraints(value: Buffer): NameConstraints {
	const lists = childrenOf(readDer(value), tags.sequence);
	const subtrees = (number: number) => lists.filter(list => isContext(list, number)).flatMap(list => constructed(list).flatMap(subtree));
	return {permitted: subtrees(0), excluded: subtrees(1)};
}

/** The first name of a certificate that the constraints rule out; mail addresses in its subject count, as OpenSSL has it. */
export function nameRuledOut(constraints: NameConstraints, subject: DistinguishedName, entries: readonly Name[]): Name | undefined {
	const mail = subject.filter(({oid}) => oid === emailAddress).map(({value}) => ({kind: 'mail', value}) as const);
	const names: Name[] = [...(subject.length === 0 ? [] : [{kind: 'directory', value: subject} as const]), ...mail, ...entries];
	return names.find(name => {
		const permitted = constraints.permitted.filter(({kind}) => kind === name.kind);
		return (
			constraints.excluded.some(subtree => isWithin(name, subtree))
			|| (permitted.length > 0 && !permitted.some(subtree => isWithin(name, subtree)))
		);
	});
}

function subtree(node: Asn1): Subtree[] {
	const [base] = childrenOf(node, tags.sequence);
	if (isContext(base, 2)) {
		return [{kind: 'dns', base: contentOf(base).toString('latin1').toLowerCase()}];
	}

	if (isContext(base, 7)) {
		return [{kind: 'ip', base: rangeOf(contentOf(base))}];
	}

	const [kind] = isContext(base, 1) ? (['mail'] as const) : isContext(base, 6) ? (['uri'] as const) : [];
	if (kind !== undefined) {
		return [{kind, base: contentOf(base).toString('latin1').toLowerCase()}];
	}

	return isContext(base, 4) ? [{kind: 'directory', base: readDistinguishedName(constructed(base)[0])}] : [];
}

function constructed({value}: Asn1): Asn1[] {
	if (typeof value === 'string') {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return value;
}

function isWithin(name: Name, {kind, base}: Subtree): boolean {
	if (name.kind === 'dns' && kind === 'dns') {
		const host = name.value.toLowerCase();
		return base === '' || host === base || host.endsWith(base.startsWith('.') ? base : `.${base}`);
	}

	if ((name.kind === 'mail' && kind === 'mail') || (name.kind === 'uri' && kind === 'uri')) {
		return kind === 'mail' ? isMailWithin(name.value.toLowerCase(), base) : isWithinDomain(hostOf(name.value.toLowerCase()), base);
	}

	if (name.kind === 'ip' && kind === 'ip') {
		return base.check(name.value, familyOf(name.value));
	}

	return (
		name.kind === 'directory'
		&& kind === 'directory'
		&& base.every((part, index) => comparable([part]) === comparable(name.value.slice(index, index + 1)))
	);
}

/** A whole address, all addresses at a host, or all within a domain (RFC 5280 4.2.1.10). */
function isMailWithin(address: string, base: string): boolean {
	return base.includes('@') ? address === base : isWithinDomain(address.slice(address.lastIndexOf('@') + 1), base);
}

/** A base with a dot before it stands for what is below a domain, one without for a host alone. */
function isWithinDomain(host: string, base: string): boolean {
	return base === '' || (base.startsWith('.') ? host.endsWith(base) : host === base);
}

function hostOf(uri: string): string {
	return /^[^:]*:\/\/(?:[^/@]*@)?([^/:]*)/.exec(uri)?.[1] ?? '';
}

/** An address and a mask of the same length (RFC 5280 4.2.1.10). */
function rangeOf(bytes: Buffer): net.BlockList {
	const [address, mask] = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
	const network = ipFromBytes(address);
	const bits = [...mask].map(byte => byte.toString(2).padStart(8, '0')).join('');
	if (network === undefined || mask.length !== address.length || bits.includes('01')) {
		throw new ParseError('its name constraints hold a range of addresses that is none');
	}

	const range = new net.BlockList();
	range.addSubnet(network, bits.lastIndexOf('1') + 1, familyOf(network));
	return range;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
	return net.isIPv6(address) ? 'ipv6' : 'ipv4';
}
