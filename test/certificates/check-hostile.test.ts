// Hostile files: whatever is uploaded, the check throws nothing, says little and accepts nothing that was tampered with. How long
// it takes is measured by `npm run bench -- check`.
import test from 'ava';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {pem} from './fixtures/der.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded, type Content} from './fixtures/files.js';
import {floods} from './fixtures/floods.js';
import {rsa} from './fixtures/keys.js';
import {at, certificate, intermediate} from './fixtures/make.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];
const check = (file: Content, key: Content = goodKey()): CheckResult =>
	checkPair(uploaded(certificateName, file), uploaded(keyName, key), {hosts, at});

for (const [what, make] of Object.entries(floods)) {
	test.serial(`a file full of ${what} is answered with few words, as certificate and as key`, t => {
		const content = make();
		const asCertificate = check(content);
		const asKey = check(chainWith(), content);
		t.true(JSON.stringify(asCertificate.findings).length < 200_000);
		t.false(asKey.ok);
		t.is(asCertificate.ok, what === 'extensions'); // Many private extensions are odd, and nothing is wrong with them.
	});
}

test("a bit flip anywhere in the server's certificate is detected", t => {
	const good = certificate();
	const accepted = [...good.keys()].filter(index => {
		const changed = Buffer.from(good);
		changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8));
		return check(pemOf(changed, intermediate())).ok;
	});
	t.deepEqual(accepted, []);
});

test('a bit flip anywhere in the numbers of the key is detected', t => {
	const good = rsa('leaf').privateKey.export({type: 'pkcs1', format: 'der'});
	const version = 6; // The version's byte, which OpenSSL does not look at, comes before the numbers.
	const accepted = [...good.keys()]
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
			for (let count = 1 + (random() % 4); count > 0; count--) {
				bytes.writeUInt8(random() % 256, random() % bytes.length);
			}
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
