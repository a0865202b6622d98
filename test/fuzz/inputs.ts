// One input of the fuzzer: a pair of files that were good once, with something done to them.
import {createPrivateKey} from 'node:crypto';
import {integer, pem, sequence, tlv} from '../certificates/fixtures/der.js';
import {rsa} from '../certificates/fixtures/keys.js';
import {mutateDer} from './der-mutations.js';
import {drawnFile, resignedFile} from './made-certificates.js';
import type {Numbers} from './numbers.js';
import {block, type Pair, type Seeds} from './seeds.js';
import {mutateText} from './text-mutations.js';

type Recipe = (pair: Pair, numbers: Numbers, seeds: Seeds) => Pair;

const recipes: readonly Recipe[] = [
	({certificate, key}, numbers, {files}) => ({certificate: mutateText(certificate, numbers, files), key}),
	({certificate, key}, numbers, {files}) => ({certificate, key: mutateText(key, numbers, files)}),
	({certificate, key}, numbers, {files}) => ({certificate: mutateText(certificate, numbers, files), key: mutateText(key, numbers, files)}),
	({certificate, key}, numbers, {ders}) => ({certificate: mutateBlock(certificate, numbers, ders), key}),
	({certificate, key}, numbers, {ders}) => ({certificate, key: mutateBlock(key, numbers, ders)}),
	({certificate, key}, numbers, {ders}) => ({certificate, key: mutateDer(derOf(key), numbers, ders)}),
	({certificate, key}, numbers, {ders}) => ({certificate: mutateDer(derOf(certificate), numbers, ders), key}),
	({key}, numbers, {ders}) => ({certificate: resignedFile(numbers, ders), key}),
	({key}, numbers, {ders}) => ({certificate: resignedFile(numbers, ders), key}),
	({key}, numbers) => ({certificate: drawnFile(numbers), key}),
	({key}, numbers) => ({certificate: drawnFile(numbers), key}),
	({certificate}, numbers) => ({certificate, key: Buffer.from(changedNumbers(numbers))}),
	(_, {pick}, {files}) => ({certificate: pick(files), key: pick(files)}),
];

/** Half of the inputs come from pairs that were good. */
export function makeInput(numbers: Numbers, seeds: Seeds): Pair {
	const {chance, pick} = numbers;
	return pick(recipes)(pick(chance(0.5) ? seeds.good : seeds.all), numbers, seeds);
}

function mutateBlock(file: Buffer, numbers: Numbers, ders: readonly Buffer[]): Buffer {
	const text = file.toString('latin1');
	const wanted = numbers.below(text.match(block)?.length ?? 1);
	let index = 0;
	return Buffer.from(
		text.replaceAll(block, (whole, label: string, body: string) =>
			index++ === wanted ? pem(label, mutateDer(Buffer.from(body, 'base64'), numbers, ders)) : whole,
		),
		'latin1',
	);
}

function derOf(file: Buffer): Buffer {
	const [first] = file.toString('latin1').matchAll(block);
	return first === undefined ? file : Buffer.from(first[2]!, 'base64');
}

/** The numbers of an RSA key (RFC 8017 A.1.2), one or two of them others than they were. */
function changedNumbers(numbers: Numbers): string {
	const {below, pick, chance} = numbers;
	const values = numbersOf('leaf');
	for (let count = 1 + below(2); count > 0; count--) {
		const at = below(values.length);
		values[at] = pick([
			numbersOf('other')[at]!,
			bent(values[at]!, numbers),
			values[below(values.length)]!,
			numbers.bytes(below(300)),
			Buffer.from([below(4)]),
		]);
	}

	const key = sequence(
		integer(chance(0.9) ? 0 : 1),
		...values.map(value => tlv(2, Buffer.from([0]).subarray(0, (value[0] ?? 0) >> 7), value)),
	);
	return chance(0.7) ? pem('RSA PRIVATE KEY', key) : asPkcs8(key);
}

function numbersOf(pair: string): Buffer[] {
	const {n, e, d, p, q, dp, dq, qi} = rsa(pair).privateKey.export({format: 'jwk'});
	return [n, e, d, p, q, dp, dq, qi].map(value => Buffer.from(value!, 'base64url'));
}

function bent(value: Buffer, {below}: Numbers): Buffer {
	const at = below(value.length);
	return Buffer.from(value.map((byte, index) => (index === at ? byte ^ (1 << below(8)) : byte)));
}

/** PKCS#8 around these numbers, as OpenSSL writes it; PKCS#1 where OpenSSL does not load them. */
function asPkcs8(der: Buffer): string {
	try {
		return createPrivateKey({key: der, format: 'der', type: 'pkcs1'}).export({type: 'pkcs8', format: 'pem'}).toString();
	} catch {
		return pem('RSA PRIVATE KEY', der);
	}
}
