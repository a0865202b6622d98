import {childrenOf, oidOf, tags, textOf, type Asn1} from './asn1.js';
import {sanitise} from '../../sanitise.js';

/** A distinguished name (RFC 5280 4.1.2.4), its parts in the order of the file. */
export type DistinguishedName = Array<{oid: string; value: string}>;

const commonName = '2.5.4.3';

const shortNames: Record<string, string> = {
	[commonName]: 'CN',
	'2.5.4.5': 'serialNumber',
	'2.5.4.6': 'C',
	'2.5.4.7': 'L',
	'2.5.4.8': 'ST',
	'2.5.4.9': 'street',
	'2.5.4.10': 'O',
	'2.5.4.11': 'OU',
	'0.9.2342.19200300.100.1.25': 'DC',
	'0.9.2342.19200300.100.1.1': 'UID',
	'1.2.840.113549.1.9.1': 'emailAddress',
};

export function readDistinguishedName(node: Asn1 | undefined): DistinguishedName {
	return childrenOf(node, tags.sequence).flatMap(set =>
		childrenOf(set, tags.set).map(pair => {
			const [type, value] = childrenOf(pair, tags.sequence);
			const oid = oidOf(type);
			return {oid, value: value === undefined ? '' : textOf(value)};
		}),
	);
}

/** Every common name in a distinguished name, as it is in the file. */
export function commonNamesIn(name: DistinguishedName): string[] {
	return name.filter(({oid}) => oid === commonName).map(({value}) => value);
}

const compared = new WeakMap<DistinguishedName, string>();

/** Names are compared without regard to case and repeated spaces (RFC 5280 7.1) or to how the text was encoded. */
export function comparable(name: DistinguishedName): string {
	const text = compared.get(name) ?? JSON.stringify(name.map(({oid, value}) => [oid, value.trim().replaceAll(/\s+/g, ' ').toLowerCase()]));
	compared.set(name, text);
	return text;
}

/** Such as `CN=ts1.example.com, O=IT, C=US`, sanitised, with the common name first. */
export function formatName(name: DistinguishedName): string {
	const parts = name.toSorted((one, other) => Number(other.oid === commonName) - Number(one.oid === commonName));
	return parts.map(({oid, value}) => `${shortNames[oid] ?? oid}=${sanitise(value)}`).join(', ') || '(no name)';
}
