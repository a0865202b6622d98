// Keys whose derivation would take too long, and files that cannot be converted.
import test from 'ava';
import {conversionFor} from '../../../src/certificates/conversion/conversion.js';
import {Problem} from '../../../src/problem.js';
import {integer, octets, oid, pem, sequence} from '../fixtures/der.js';
import {chainWith, goodKey} from '../fixtures/files.js';
import {testWithOpenssl, pairOf, check, converted, bundle} from './converted.js';

const good = goodKey();
const salt = octets(Buffer.alloc(8));
const [pbkdf2, scrypt] = [oid('1.2.840.113549.1.5.12'), oid('1.3.6.1.4.1.11591.4.11')];
const aes = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16)));
const lockedBy = (parameters: Buffer) =>
	pem('ENCRYPTED PRIVATE KEY', sequence(sequence(oid('1.2.840.113549.1.5.13'), parameters), octets(Buffer.alloc(64))));
const withoutLength = (...parts: Buffer[]) => Buffer.concat([Buffer.from([0x30, 0x80]), ...parts, Buffer.alloc(2)]);
let nested = sequence();
for (let depth = 0; depth < 10_000; depth++) {
	nested = sequence(nested);
}

for (const [what, key, code] of [
	['endless rounds', lockedBy(sequence(sequence(pbkdf2, sequence(salt, integer(0x7f, 0xff, 0xff, 0xff))), aes)), 'too-many-rounds'],
	[
		'a number of rounds beyond all numbers',
		lockedBy(sequence(sequence(pbkdf2, sequence(salt, integer(...Array.from({length: 40}, () => 0x7f)))), aes)),
		'too-many-rounds',
	],
	[
		'rounds behind lengths that are not told',
		lockedBy(withoutLength(sequence(pbkdf2, sequence(salt, integer(0x7f, 0xff, 0xff, 0xff))), aes)),
		'bad-key',
	],
	[
		'scrypt of absurd parallelism',
		lockedBy(sequence(sequence(scrypt, sequence(salt, integer(0x40, 0), integer(1), integer(3, 0x7f, 0))), aes)),
		'too-many-rounds',
	],
	['an unknown derivation', lockedBy(sequence(sequence(oid('1.2.3.4'), sequence(salt, integer(1))), aes)), 'bad-key'],
	['nesting without end', lockedBy(nested), 'bad-key'],
] as const) {
	test(`a key that is locked by ${what} is refused at once`, async t => {
		const problem = await t.throwsAsync<Problem>(converted(t, {certificate: chainWith(), key}, {key: 'x'}), {instanceOf: Problem});
		t.is(problem.code, code);
	});
}

test('nothing is offered for what cannot be fixed', t => {
	for (const files of [
		{certificate: '<html></html>', key: good},
		{certificate: chainWith(), key: good.slice(0, 500)},
		{certificate: chainWith()},
		{certificate: chainWith(), key: good},
	]) {
		const pair = pairOf(files);
		t.is(conversionFor(pair, check(pair).findings), undefined);
	}
});

testWithOpenssl('a damaged bundle is a problem and not a crash', async t => {
	const whole = await bundle(t, 'x');
	for (const damage of [80, 400, 1500, whole.length - 30]) {
		const broken = Buffer.from(whole);
		broken[damage] = (broken[damage] ?? 0) ^ 0x55;
		await t.throwsAsync(converted(t, {certificate: broken}, {cert: 'x'}), {instanceOf: Problem}, `byte ${damage}`);
	}
});
