// Whatever form the files come in, the conversion makes a pair of them that passes the same check, and leaves them as they were.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {conversionFor, convertPair} from '../../../src/certificates/conversion/conversion.js';
import {openPkcs12} from '../../../src/certificates/conversion/open-pkcs12.js';
import {unlockKey} from '../../../src/certificates/conversion/unlock-key.js';
import {Problem} from '../../../src/problem.js';
import {openssl} from '../../helpers/openssl.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {pem, sequence} from '../fixtures/der.js';
import {chainWith, goodKey, keyName, pemOf, uploaded} from '../fixtures/files.js';
import {ec, rsa} from '../fixtures/keys.js';
import {certificate, intermediate, root} from '../fixtures/make.js';
import {testWithOpenssl, pairOf, check, converted, made, missing, bundle, type Files} from './converted.js';

const good = goodKey();
const textual: Record<string, Files> = {
	'a certificate and a key in DER': {certificate: certificate(), key: rsa('leaf').privateKey.export({type: 'pkcs1', format: 'der'})},
	'a key in DER as PKCS#8': {certificate: chainWith(), key: rsa('leaf').privateKey.export({type: 'pkcs8', format: 'der'})},
	'a chain that begins with the root': {certificate: pemOf(root(), intermediate(), certificate()), key: good},
	'lines that end with CR alone': {certificate: chainWith().replaceAll('\n', '\r'), key: good.replaceAll('\n', '\r')},
	'UTF-16 with its mark': {
		certificate: Buffer.from(`\u{FEFF}${chainWith()}`, 'utf16le'),
		key: Buffer.from(`\u{FEFF}${good}`, 'utf16le').swap16(),
	},
	'UTF-16 without its mark': {certificate: Buffer.from(chainWith(), 'utf16le'), key: Buffer.from(good, 'utf16le').swap16()},
	'text out of JSON': {certificate: JSON.stringify({certificate: chainWith().replaceAll('\n', '\r\n')}), key: JSON.stringify([good])},
	indentation: {certificate: chainWith().replaceAll(/^(?=.)/gm, '\t '), key: good.replaceAll(/^(?=.)/gm, '    ')},
	'files joined without a line end': {certificate: chainWith().replace('-----\n-----', '----------'), key: good},
	'both in both files': {certificate: chainWith() + good, key: good + chainWith()},
	'files that were swapped': {certificate: good, key: chainWith()},
	'a trusted certificate': {
		certificate: pem('TRUSTED CERTIFICATE', Buffer.concat([certificate(), sequence()])) + pemOf(intermediate()),
		key: good,
	},
};

for (const [what, files] of Object.entries(textual)) {
	test(`converted: ${what}`, async t => {
		const {ok, findings, done} = await converted(t, files);
		t.true(ok, JSON.stringify(findings));
		t.true(done.length > 0);
	});
}

const bundles: Record<string, {words: string[]; passphrase?: string}> = {
	'as openssl writes it today': {words: []},
	'as Windows used to write it, with RC2 and 3DES': {words: ['-legacy']},
	'with a passphrase beyond ASCII': {words: [], passphrase: 'Straße-Łódź-東京'},
	'with an old cipher and a passphrase beyond ASCII': {words: ['-legacy'], passphrase: 'Straße'},
	'with an empty passphrase': {words: [], passphrase: ''},
	'without a checksum': {words: ['-nomac']},
	'with nothing encrypted': {words: ['-keypbe', 'NONE', '-certpbe', 'NONE']},
	'with SHA-1 and AES': {words: ['-macalg', 'sha1', '-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC']},
};

for (const [what, {words, passphrase = 'Ex-Port 1'}] of Object.entries(bundles)) {
	testWithOpenssl(`a PKCS#12 bundle ${what} gives both files`, async t => {
		const {ok, findings, key} = await converted(t, {certificate: await bundle(t, passphrase, ...words)}, {cert: passphrase});
		t.true(ok, JSON.stringify(findings));
		t.is(key.state === 'read' ? key.mode : undefined, 0o600);
	});
}

testWithOpenssl('a wrong passphrase is distinguished from a damaged bundle', async t => {
	for (const words of [[], ['-legacy']]) {
		const certificate = await bundle(t, 'right', ...words);
		const wrong = await t.throwsAsync<Problem>(converted(t, {certificate}, {cert: 'wrong'}), {instanceOf: Problem});
		t.is(wrong.code, 'wrong-passphrase-cert');
		t.regex(wrong.message, /^SOAPServer\.crt: /);
	}
});

testWithOpenssl("the key that matches the bundle's certificate is kept as uploaded", async t => {
	const {ok, key} = await converted(t, {certificate: await bundle(t, 'x'), key: `${good}\n`}, {cert: 'x'});
	t.true(ok);
	t.is(key.state === 'read' ? key.bytes.toString() : '', `${good}\n`);
});

testWithOpenssl("an unrelated key uploaded with a bundle is replaced by the bundle's key", async t => {
	const stranger = rsa('other').privateKey.export({type: 'pkcs8', format: 'pem'}).toString();
	t.true((await converted(t, {certificate: await bundle(t, 'x'), key: stranger}, {cert: 'x'})).ok);
});

testWithOpenssl('certificates in a bundle that are not part of the chain are left out, and that is reported', async t => {
	const other = await made(t, 'p7.out', 'crl2pkcs7', '-nocrl', '-certfile', 'strangers.pem', '-certfile', 'reversed.pem', '-out', 'p7.out');
	const {ok, done} = await converted(t, {certificate: other, key: good});
	t.true(ok);
	t.regex(done[0]!, /1\. CN=ts1\.example\.com.*2\. CN=Test Intermediate.*3\. CN=Test Root/);
	t.regex(done[1]!, /^Left out, as they are not of this chain: 1\. CN=Another Root/);
});

testWithOpenssl("the sources of the pair do not include an uploaded key that the bundle's key replaces", async t => {
	const stranger = rsa('other').privateKey.export({type: 'pkcs8', format: 'pem'}).toString();
	t.deepEqual((await converted(t, {certificate: await bundle(t, 'x'), key: stranger}, {cert: 'x'})).from, {
		certificate: 'certificate',
		key: 'certificate',
	});
	t.deepEqual((await converted(t, {certificate: await bundle(t, 'x'), key: good}, {cert: 'x'})).from, {
		certificate: 'certificate',
		key: 'key',
	});
	t.deepEqual((await converted(t, {certificate: good, key: chainWith()})).from, {certificate: 'key', key: 'certificate'});
});

testWithOpenssl('the passphrase of an encrypted key is needed in either file, unless there is an unencrypted key', async t => {
	const locked = (await made(t, 'key.out', 'pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:x', '-out', 'key.out')).toString();
	const needed = (files: Files) => {
		const pair = pairOf(files);
		return conversionFor(pair, check(pair).findings)?.locked;
	};

	t.deepEqual(needed({certificate: locked, key: chainWith()}), ['cert']);
	t.deepEqual(needed({certificate: chainWith() + locked}), ['cert']);
	t.deepEqual(needed({certificate: chainWith() + locked, key: good}), []);
	t.deepEqual(needed({certificate: chainWith(), key: locked}), ['key']);
	t.true((await converted(t, {certificate: locked, key: chainWith()}, {cert: 'x'})).ok);
	t.true((await converted(t, {certificate: chainWith() + locked}, {cert: 'x'})).ok);
	t.true((await converted(t, {certificate: chainWith() + locked, key: good})).ok);
});

testWithOpenssl('a file with control characters in its name is converted like any other', async t => {
	const pair = {certificate: uploaded('\u{1B}[2J.pfx', await bundle(t, 'x')), key: uploaded(keyName, missing(keyName))};
	const after = await convertPair(pair, check(pair).findings, {cert: 'x'});
	t.true(check(after).ok);
});

testWithOpenssl('a checksum that is not supported is not taken for a wrong passphrase', async t => {
	const problem = await t.throwsAsync<Problem>(converted(t, {certificate: await bundle(t, 'x', '-macalg', 'sha224')}, {cert: 'x'}), {
		instanceOf: Problem,
	});
	t.is(problem.code, 'bad-bundle');
});

testWithOpenssl('a very long passphrase is refused without a crash', async t => {
	const key = await made(t, 'key.out', 'pkcs8', '-topk8', '-in', 'key.pem', '-passout', 'pass:x', '-out', 'key.out');
	const problem = await t.throwsAsync<Problem>(converted(t, {certificate: chainWith(), key}, {key: 'x'.repeat(100_000)}), {
		instanceOf: Problem,
	});
	t.is(problem.code, 'wrong-passphrase-key');
});

testWithOpenssl('a PKCS#7 bundle in DER is converted to its certificates in order', async t => {
	const certificates = await made(t, 'p7.out', 'crl2pkcs7', '-nocrl', '-certfile', 'reversed.pem', '-outform', 'DER', '-out', 'p7.out');
	const {ok, done} = await converted(t, {certificate: certificates, key: good});
	t.true(ok);
	t.regex(done[0]!, /1\. CN=ts1\.example\.com.*3\. CN=Test Root/);
});

for (const [what, words] of Object.entries({
	'PKCS#8': ['pkcs8', '-topk8', '-in', 'key.pem', '-v2', 'aes-256-cbc'],
	'PKCS#8 and scrypt': ['pkcs8', '-topk8', '-in', 'key.pem', '-scrypt'],
	'PKCS#8 in DER': ['pkcs8', '-topk8', '-in', 'key.pem', '-outform', 'DER'],
	'the traditional form': ['rsa', '-in', 'key.pem', '-aes128', '-traditional'],
	'the traditional form and 3DES': ['rsa', '-in', 'key.pem', '-des3', '-traditional'],
})) {
	testWithOpenssl(`a passphrase is taken off a key in ${what}`, async t => {
		const key = await made(t, 'key.out', ...words, '-passout', 'pass:Geheim-1', '-out', 'key.out');
		t.true((await converted(t, {certificate: chainWith(), key}, {key: 'Geheim-1'})).ok);
		const wrong = await t.throwsAsync<Problem>(converted(t, {certificate: chainWith(), key}, {key: 'falsch'}), {instanceOf: Problem});
		t.is(wrong.code, 'wrong-passphrase-key');
	});
}

for (const [what, words] of Object.entries({
	'a key in PKCS#8': ['pkcs8', '-topk8', '-in', 'key.pem', '-v2', 'aes-256-cbc', '-iter', '1', '-outform', 'DER'],
	'a key in the traditional form': ['rsa', '-in', 'key.pem', '-aes128', '-traditional'],
})) {
	testWithOpenssl(`a wrong passphrase for ${what} is one, also when its padding is right by chance`, async t => {
		const file = await made(t, 'key.out', ...words, '-passout', 'pass:Geheim-1', '-out', 'key.out');
		const key = what.endsWith('PKCS#8') ? {pkcs8: file} : {pem: file};
		for (let attempt = 0; attempt < 2000; attempt++) {
			t.is(t.throws<Problem>(() => unlockKey(key, `falsch${attempt}`), {instanceOf: Problem}).code, 'wrong-passphrase');
		}
	});
}

testWithOpenssl('a wrong passphrase for a bundle without a checksum is one, also when its padding is right by chance', async t => {
	const file = await bundle(t, 'x', '-nomac', '-iter', '1');
	for (let attempt = 0; attempt < 1000; attempt++) {
		t.is(t.throws<Problem>(() => openPkcs12(file, `falsch${attempt}`), {instanceOf: Problem}).code, 'wrong-passphrase');
	}
});

testWithOpenssl('an elliptic curve key is extracted from a bundle, and the check then refuses it', async t => {
	const folder = await temporaryFolder(t);
	const at = (name: string) => path.join(folder, name);
	const {publicKey, privateKey} = ec('leaf');
	await writeFile(at('leaf.pem'), pemOf(certificate({key: publicKey})));
	await writeFile(at('key.pem'), privateKey.export({type: 'pkcs8', format: 'pem'}));
	await openssl('pkcs12', '-export', '-in', at('leaf.pem'), '-inkey', at('key.pem'), '-passout', 'pass:x', '-out', at('p12'));
	const {findings} = await converted(t, {certificate: await readFile(at('p12'))}, {cert: 'x'});
	t.deepEqual(
		findings.filter(({severity}) => severity === 'error').map(({id}) => id),
		['key-type'],
	);
});
