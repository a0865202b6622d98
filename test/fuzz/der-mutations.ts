// What can be done to one element of DER.
import {oid, sequence} from '../certificates/fixtures/der.js';
import {encode, parse, spotsIn, type Node, type Spot} from './der-tree.js';
import type {Numbers} from './numbers.js';

type Mutation = (spot: Spot, numbers: Numbers, donors: readonly Buffer[]) => void;

const integers = ['', '00', '80', 'ff', '0001', '00ff', 'ff80', '7fffffffffffffff', '8000000000000000', '02', '03', '010001'];
const purposes = [
	'2.5.29.15',
	'2.5.29.17',
	'2.5.29.19',
	'2.5.29.30',
	'2.5.29.35',
	'2.5.29.37',
	'2.5.29.37.0',
	'2.5.4.3',
	'2.5.4.10',
	'1.2.3.4',
	'1.3.6.1.5.5.7.3.1',
	'1.3.6.1.5.5.7.3.2',
	'1.2.840.113549.1.1.1',
	'1.2.840.113549.1.1.4',
	'1.2.840.113549.1.1.5',
	'1.2.840.113549.1.1.10',
	'1.2.840.113549.1.1.11',
	'1.2.840.113549.1.1.12',
	'1.2.840.10045.2.1',
	'1.3.101.112',
];
const objectIdentifiers = [
	...purposes.map(dotted => oid(dotted).subarray(2)),
	Buffer.from([0x80]),
	Buffer.from('ffffffffffffffff7f', 'hex'),
	Buffer.alloc(70, 0x81),
	Buffer.alloc(0),
];
const texts = [
	'',
	'*',
	'*.example.com',
	'ts1.example.com',
	'ts2.example.com',
	'ts1.example.com.',
	'TS1.EXAMPLE.COM',
	'ts1',
	'10.0.0.1',
	'::1',
	'ts1.example.com\0.evil.org',
	'\u{1B}[2J\u{1B}]0;x\u{7}',
	'\u{202E}moc',
	'xn--',
	'xn--mnchen-3ya.example.com',
	'-ts1.example.com',
	' ts1.example.com',
	'ts1.example.com\n',
	'a'.repeat(64),
	'a.'.repeat(200),
	'\u{0}',
	'\u{85}\u{2028}',
	'ts1_x.example.com',
	'1.2',
];
const times = [
	'400301120000Z',
	'400301115959Z',
	'000101000000Z',
	'500101000000Z',
	'20400301120000Z',
	'99991231235959Z',
	'00000101000000Z',
	'401332250000Z',
	'410229000000Z',
	'4101010000Z',
	'410101000000+0000',
	'410101000000',
	'20410101000000.5Z',
	'Z',
	'',
];
const tags = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0x87, 0xa0, 0xa3, 0x3f, 0x00];

const mutations: readonly Mutation[] = [
	({node}, {pick}) => {
		node.tag = pick(tags);
	},
	({node}, {below}) => {
		node.tag ^= 1 << below(8);
	},
	({node}) => {
		node.content = Buffer.alloc(0);
	},
	({node}, {below, bytes}) => {
		node.content = bytes(below(40));
	},
	flipped,
	flipped,
	({node}, {pick, chance, below}) => {
		node.content = chance(0.8) ? Buffer.from(pick(integers), 'hex') : Buffer.alloc(1 + below(2000), pick([0x7f, 0xff, 0x01]));
	},
	({node}, {pick}) => {
		node.content = pick(objectIdentifiers);
	},
	({node}, {pick}) => {
		node.content = Buffer.from(pick(texts), pick(['utf8', 'latin1', 'utf16le'] as const));
	},
	({node}, {pick}) => {
		node.content = Buffer.from(pick(times));
	},
	({node, siblings, index}, {below}) => {
		siblings.splice(index, 0, ...Array.from({length: 1 + below(3)}, () => copyOf(node)));
	},
	({siblings, index}) => {
		siblings.splice(index, 1);
	},
	({node, siblings, index}, {below}) => {
		siblings.splice(index, 1);
		siblings.splice(below(siblings.length + 1), 0, node);
	},
	({node, siblings, index}, {pick}) => {
		const levels = pick([1, 2, 5, 38, 60, 300]);
		siblings[index] = Array.from({length: levels}).reduce<Node>(inner => ({tag: 0x30, content: [inner]}), node);
	},
	transplanted,
	transplanted,
	({node}, {pick}) => {
		node.bend = pick(bends);
	},
];

const bends: ReadonlyArray<(whole: Buffer) => Buffer> = [
	whole => changedAt(whole, 1, 1),
	whole => changedAt(whole, 1, -1),
	whole => changedAt(whole, 1, 0x80),
	whole => Buffer.concat([whole.subarray(0, 1), Buffer.from([0x80]), whole.subarray(2), Buffer.alloc(2)]),
	whole => (whole.length < 0x82 ? Buffer.concat([whole.subarray(0, 1), Buffer.from([0x81, whole.length - 2]), whole.subarray(2)]) : whole),
	whole => Buffer.concat([whole.subarray(0, 1), Buffer.from('84ffffffff', 'hex'), whole.subarray(2)]),
	whole => Buffer.concat([whole, sequence()]),
	whole => whole.subarray(0, -1),
];

/** The DER with some of its elements changed; `inside` says which elements may be. Bytes that are no DER come back as they are. */
export function mutateDer(der: Buffer, numbers: Numbers, donors: readonly Buffer[], inside = (nodes: Node[]) => nodes): Buffer {
	const nodes = parse(der);
	if (nodes === undefined) {
		return der;
	}

	for (let count = numbers.pick([1, 1, 1, 2, 3]); count > 0; count--) {
		const spots = spotsIn(inside(nodes));
		if (spots.length > 0) {
			numbers.pick(mutations)(numbers.pick(spots), numbers, donors);
		}
	}

	return Buffer.concat(nodes.map(node => encode(node)));
}

function flipped({node}: Spot, {below}: Numbers): void {
	if (Buffer.isBuffer(node.content) && node.content.length > 0) {
		const at = below(node.content.length);
		const content = Buffer.from(node.content);
		content[at] = (content[at] ?? 0) ^ (1 << below(8));
		node.content = content;
	}
}

/** An element of another file in the place of this one, more often than not one of the same kind. */
function transplanted({node, siblings, index}: Spot, {pick, chance}: Numbers, donors: readonly Buffer[]): void {
	const others = spotsIn(parse(pick(donors)) ?? []).map(spot => spot.node);
	const alike = others.filter(other => other.tag === node.tag);
	if (others.length > 0) {
		siblings[index] = pick(alike.length > 0 && chance(0.8) ? alike : others);
	}
}

function copyOf(node: Node): Node {
	return {...node, content: Buffer.isBuffer(node.content) ? node.content : node.content.map(child => copyOf(child))};
}

function changedAt(bytes: Buffer, at: number, by: number): Buffer {
	const changed = Buffer.from(bytes);
	changed[at] = ((changed[at] ?? 0) + by) & 0xff;
	return changed;
}
