// Certificates that are read to their last rule: whatever was changed in them is signed by the key of their issuer.
import {bits, boolean, integer, pem, sequence, text, tlv} from '../certificates/fixtures/der.js';
import {ec, rsa} from '../certificates/fixtures/keys.js';
import {
	algorithms,
	attribute,
	certificate,
	clientAuth,
	commonName,
	daysFromNow,
	dns,
	extendedKeyUsage,
	extension,
	identifier,
	intermediate,
	ip,
	keyUsage,
	name,
	root,
	san,
	serverAuth,
	signature,
	type Extensions,
	type Options,
} from '../certificates/fixtures/make.js';
import {crossSigned, expiredTwin, oldLeaf, oldRoot, rekeyed} from '../certificates/fixtures/path-cases.js';
import {mutateDer} from './der-mutations.js';
import {encode, parse, type Node} from './der-tree.js';
import type {Numbers} from './numbers.js';

const names = [
	'ts1.example.com',
	'ts2.example.com',
	'TS1.EXAMPLE.COM',
	'*.example.com',
	'ts1',
	'10.0.0.1',
	'evil.org',
	'ts1.example.com\0',
];
const purposes = [serverAuth, clientAuth, serverAuth, clientAuth, '2.5.29.37.0', '1.3.6.1.5.5.7.3.3'];
const both = dns('ts1.example.com', 'ts2.example.com');

/** A certificate file with changes inside what is signed, and signatures that fit. */
export function resignedFile(numbers: Numbers, donors: readonly Buffer[]): Buffer {
	const isHigher = numbers.chance(0.3);
	return asPem([
		isHigher ? certificate() : resigned(certificate(), 'intermediate', numbers, donors),
		isHigher ? resigned(intermediate(), 'root', numbers, donors) : intermediate(),
		...(numbers.chance(0.3) ? [root()] : []),
	]);
}

/** A certificate file of a CA that makes mistakes: each certificate is well formed, and its content is drawn from a hat. */
export function drawnFile(numbers: Numbers): Buffer {
	const {chance, pick} = numbers;
	const leaf = certificate(chance(0.8) ? leafOptions(numbers) : {});
	const issuer = intermediate(chance(0.4) ? authorityOptions(numbers) : {});
	const top = root(chance(0.1) ? authorityOptions(numbers) : {});
	const chain = pick([[leaf, issuer], [leaf, issuer], [leaf, issuer, top], [leaf, issuer, top], [leaf], [leaf, top], [issuer, leaf]]);
	return asPem(chance(0.5) ? withOthers(chain, numbers) : chain);
}

/** With certificates that the chain does not need, anywhere behind the first: twins, cross-signs, other keys, an old leaf. */
function withOthers(chain: readonly Buffer[], numbers: Numbers): Buffer[] {
	const {below, pick} = numbers;
	const file = [...chain];
	for (let count = pick([1, 1, 2, 3]); count > 0; count--) {
		const other = pick([crossSigned, oldRoot, rekeyed, expiredTwin, oldLeaf, root, intermediate]);
		file.splice(1 + below(file.length), 0, other(numbers.chance(0.3) ? authorityOptions(numbers) : {}));
	}

	return file;
}

function resigned(der: Buffer, signer: string, numbers: Numbers, donors: readonly Buffer[]): Buffer {
	const [whole] = parse(der) ?? [];
	const [tbs] = whole!.content as Node[];
	const isExtension = numbers.chance(0.5);
	const changed = mutateDer(encode(tbs!), numbers, donors, nodes => (isExtension ? extensionsIn(nodes) : nodes));
	return sequence(changed, identifier(algorithms.sha256), bits(signature(changed, algorithms.sha256, rsa(signer).privateKey)));
}

/** The list of extensions, where there is one. */
function extensionsIn([tbs]: Node[]): Node[] {
	const fields = Buffer.isBuffer(tbs?.content) ? [] : (tbs?.content ?? []);
	return fields.filter(({tag}) => tag === 0xa3);
}

function asPem(ders: readonly Buffer[]): Buffer {
	return Buffer.from(ders.map(der => pem('CERTIFICATE', der)).join(''));
}

/** One of them more often than not, so that no fault is hidden behind others; sometimes none, two or three. */
function some<Part extends object>({pick}: Numbers, parts: ReadonlyArray<() => Part>): Part {
	const count = pick([0, 1, 1, 1, 1, 2, 2, 3]);
	return Object.assign({}, ...Array.from({length: count}, () => pick(parts)())) as Part;
}

function leafOptions(numbers: Numbers): Options {
	const {below, pick, chance, bytes} = numbers;
	return some<Options>(numbers, [
		() => ({subject: chance(0.5) ? name(pick(names)) : sequence(...[pick(names), pick(names)].map(cn => attribute(commonName, text(cn))))}),
		() => ({serial: tlv(2, bytes(below(24)))}),
		() => dates(numbers),
		() => ({algorithm: pick([algorithms.sha1, algorithms.sha384, algorithms.sha512, algorithms.pss, algorithms.md5])}),
		() => ({key: pick([rsa('leaf'), rsa('other'), rsa('small', 1024), ec('leaf')]).publicKey}),
		() => ({signer: pick([rsa('root'), rsa('other'), rsa('leaf')]).privateKey}),
		() => ({issuer: name(pick(['Test Root', 'test  INTERMEDIATE', 'ts1.example.com']))}),
		() => ({version: 1}),
		...Array.from({length: 6}, () => () => ({extensions: leafExtensions(numbers)})),
	]);
}

function leafExtensions(numbers: Numbers): Extensions {
	const {below, pick, chance, bytes} = numbers;
	return some<Extensions>(numbers, [
		() => ({san: san(...Array.from({length: below(5)}, () => (chance(0.8) ? dns(pick(names))[0]! : ip(...bytes(pick([4, 16, 5]))))))}),
		() => ({san: san(...both, ...dns(pick(names)))}),
		() => ({san: san(...dns('ts1.example.com', pick(['ts1.example.org', 'xts2.example.com', 'ts2.example.com'])))}),
		() => ({san: undefined}),
		() => ({keyUsage: keyUsage(below(256), below(8))}),
		() => ({keyUsage: undefined}),
		() => ({netscape: extension('2.16.840.1.113730.1.1', bits(Buffer.from([below(256)]), below(8)))}),
		() => ({extendedKeyUsage: extendedKeyUsage(...Array.from({length: below(4)}, () => pick(purposes)))}),
		() => ({basicConstraints: constraints(numbers)}),
		() => ({own: extension(pick(['1.2.3.4', '2.5.29.32', '2.5.29.36', '2.5.29.54']), bytes(below(20)), chance(0.5))}),
		() => ({authorityKeyIdentifier: extension('2.5.29.35', sequence(tlv(0x80, bytes(20))))}),
		() => ({subjectKeyIdentifier: undefined}),
	]);
}

function authorityOptions(numbers: Numbers): Options {
	const {below, pick, bytes, chance} = numbers;
	return some<Options>(numbers, [
		() => dates(numbers),
		() => ({algorithm: pick([algorithms.sha1, algorithms.sha384, algorithms.md5])}),
		() => ({signer: pick([rsa('leaf'), rsa('other')]).privateKey}),
		() => ({key: rsa('small', 1024).publicKey}),
		() => ({extensions: {basicConstraints: constraints(numbers)}}),
		() => ({extensions: {keyUsage: keyUsage(below(256), below(8))}}),
		() => ({extensions: {extendedKeyUsage: extendedKeyUsage(pick(purposes))}}),
		() => ({extensions: {extendedKeyUsage: extendedKeyUsage(serverAuth, clientAuth)}}),
		() => ({extensions: {authorityKeyIdentifier: undefined, subjectKeyIdentifier: undefined}}),
		() => ({extensions: {subjectKeyIdentifier: extension('2.5.29.14', tlv(4, bytes(20)))}}),
		() => ({extensions: {own: extension(pick(['1.2.3.4', '2.5.29.36', '2.5.29.54']), bytes(below(20)), chance(0.5))}}),
		() => ({extensions: {nameConstraints: extension('2.5.29.30', sequence(permitted(numbers)), chance(0.5))}}),
	]);
}

function dates({below}: Numbers): Options {
	return {notBefore: daysFromNow(below(200) - 150), notAfter: daysFromNow(below(400) - 50)};
}

function constraints({pick, below}: Numbers): Buffer | undefined {
	const content = pick([
		sequence(),
		sequence(boolean(true)),
		sequence(boolean(true), integer(below(3))),
		sequence(boolean(false)),
		undefined,
	]);
	return content && extension('2.5.29.19', content, true);
}

/** Subtrees of names that are permitted or excluded (RFC 5280 4.2.1.10). */
function permitted({pick}: Numbers): Buffer {
	const subtree = pick([...dns('example.com', 'ts1.example.com', 'example.org', '.example.com', ''), ip(10, 0, 0, 0, 255, 0, 0, 0)]);
	return tlv(pick([0xa0, 0xa0, 0xa1]), sequence(subtree));
}
