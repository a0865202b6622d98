// Files made to hurt: whatever is uploaded, the check ends soon, throws nothing and accepts nothing that was tampered with.
import test from 'ava';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {maxFileBytes} from '../../src/certificates/parse/uploaded-file.js';
import {integer, nothing, octets, oid, pem, sequence, text, tlv} from './fixtures/der.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded, type Content} from './fixtures/files.js';
import {ed25519, rsa} from './fixtures/keys.js';
import {at, attribute, certificate, extension, intermediate, name, san} from './fixtures/make.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];
const check = (file: Content, key: Content = goodKey()): CheckResult =>
	checkPair(uploaded(certificateName, file), uploaded(keyName, key), {hosts, at});

/** The longest text of this kind that is still read. */
function filled(make: (count: number) => string): string {
	let count = 1;
	for (let step = 32_768; step >= 1; step /= 2) {
		count = make(count + step).length <= maxFileBytes ? count + step : count;
	}

	return make(count);
}

const times = <Value>(count: number, make: (index: number) => Value): Value[] => Array.from({length: count}, (_, index) => make(index));
const chained = (count: number, key = rsa('intermediate')): string =>
	count > 250
		? 'x'.repeat(maxFileBytes + 1)
		: pemOf(...times(count, index => certificate({key: key.publicKey, subject: name(`A${index}`), issuer: name(`A${index + 1}`)})));

const floods: Record<string, () => Content> = {
	'empty lines': () => `${'\n'.repeat(maxFileBytes - 1)}x`,
	hyphens: () => '-'.repeat(maxFileBytes),
	'dashes of another kind': () => Buffer.alloc(maxFileBytes, 0x96),
	blanks: () => `${' '.repeat(maxFileBytes - 1)}x`,
	'BEGIN lines': () => filled(count => '-----BEGIN CERTIFICATE-----\n'.repeat(count)),
	'BEGIN without an end': () => filled(count => '-----BEGIN '.repeat(count)),
	'empty blocks': () => filled(count => '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'.repeat(count)),
	'keys without content': () => filled(count => pem('PRIVATE KEY', Buffer.from('abc')).repeat(count)),
	'lines of one letter': () => `-----BEGIN CERTIFICATE-----\n${'A\n'.repeat(32_000)}-----END CERTIFICATE-----\n`,
	'empty names': () => filled(count => chainWith({extensions: {san: san(...times(count, () => tlv(0x82)))}})),
	extensions: () =>
		filled(count => chainWith({extensions: Object.fromEntries(times(count, index => [index, extension(`1.2.${index}`, nothing)]))})),
	'common names': () => filled(count => chainWith({subject: sequence(...times(count, () => attribute('2.5.4.3', text(''))))})),
	'a name of escapes': () => chainWith({subject: name('\u{1B}'.repeat(44_000))}),
	'an endless object identifier': () =>
		chainWith({extensions: {own: sequence(tlv(6, Buffer.alloc(44_000, 0x81), Buffer.from([1])), octets())}}),
	'nesting without lengths': () => pemOf(Buffer.alloc(48_000, Buffer.from([0x30, 0x80]))),
	'nesting of binary data': () => Buffer.alloc(65_000, Buffer.from([0x30, 0x80])),
	'tiny elements': () => pemOf(sequence(Buffer.alloc(47_000, nothing))),
	'RSA certificates': () => filled(count => chained(count)),
	'Ed25519 certificates': () => filled(count => chained(count, ed25519())),
	'a gigantic public key': () =>
		chainWith({
			subjectKey: sequence(
				sequence(oid('1.2.840.113549.1.1.1'), nothing),
				tlv(3, Buffer.from([0]), sequence(tlv(2, Buffer.alloc(20_000, 0x7f)), tlv(2, Buffer.alloc(20_000, 0x7f)))),
			),
		}),
	'a gigantic private key': () => pem('RSA PRIVATE KEY', sequence(integer(0), ...times(8, () => tlv(2, Buffer.alloc(5500, 0x7f))))),
};

/** Half a second of processor time for both: several times what these files take, far less than a quadratic reader takes. */
for (const [what, make] of Object.entries(floods)) {
	test.serial(`a file full of ${what} is answered at once, as certificate and as key`, t => {
		const content = make();
		const before = process.cpuUsage();
		const asCertificate = check(content);
		const asKey = check(chainWith(), content);
		const {user} = process.cpuUsage(before);
		t.true(user < 500_000, `${Math.round(user / 1000)} ms`);
		t.true(JSON.stringify(asCertificate.findings).length < 200_000);
		t.false(asKey.ok);
		t.is(asCertificate.ok, what === 'extensions'); // Many private extensions are odd, and nothing is wrong with them.
	});
}

test("a bit flip anywhere in the server's certificate is detected", t => {
	const good = certificate();
	const accepted = times(good.length, index => index).filter(index => {
		const changed = Buffer.from(good);
		changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
		return check(pemOf(changed, intermediate())).ok;
	});
	t.deepEqual(accepted, []);
});

test('a bit flip anywhere in the numbers of the key is detected', t => {
	const good = rsa('leaf').privateKey.export({type: 'pkcs1', format: 'der'});
	const version = 6; // The version's byte, which OpenSSL does not look at, comes before the numbers.
	const accepted = times(good.length, index => index)
		.filter(index => index !== version)
		.filter(index => {
			const changed = Buffer.from(good);
			changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
			return check(chainWith(), pem('RSA PRIVATE KEY', changed)).ok;
		});
	t.deepEqual(accepted, []);
});

test('randomly damaged text gives findings and never a crash', t => {
	const random = randomNumbers(20_400_301);
	for (let round = 0; round < 1500; round++) {
		const [file, key] = [Buffer.from(chainWith()), Buffer.from(goodKey())];
		for (const bytes of [file, key]) {
			times(1 + (random() % 4), () => bytes.writeUInt8(random() % 256, random() % bytes.length));
		}

		const {ok, findings, pair} = check(file.subarray(0, file.length - (random() % 3)), key);
		t.is(ok, !findings.some(({severity}) => severity === 'error'));
		t.is(pair !== undefined, ok);
		t.notRegex(findings.map(({message, hint}) => message + hint).join(''), /[\p{Cc}\p{Cf}]/u);
	}
});

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d_2b_79_f5) | 0;
		const mixed = Math.imul(state ^ (state >>> 15), state | 1);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	};
}
