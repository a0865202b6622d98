// Conversions of files with more certificates than the chain needs.
import test from 'ava';
import {conversionFor} from '../../../src/certificates/conversion/conversion.js';
import {integer} from '../fixtures/der.js';
import {goodKey, pemOf} from '../fixtures/files.js';
import {certificate, daysFromNow, intermediate, root} from '../fixtures/make.js';
import {crossSigned, expiredTwin, oldLeaf, oldRoot, rekeyed} from '../fixtures/path-cases.js';
import {check, converted, made, pairOf, testWithOpenssl} from './converted.js';

const key = goodKey();

for (const [what, file, titles, left] of [
	['a re-keyed twin', pemOf(certificate(), intermediate(), rekeyed()), ['Leave out certificate 3'], pemOf(certificate(), intermediate())],
	[
		'an expired twin and an old leaf',
		pemOf(certificate(), expiredTwin(), intermediate(), oldLeaf()),
		['Leave out certificates 2 and 4'],
		pemOf(certificate(), intermediate()),
	],
	[
		'an old leaf in front',
		pemOf(oldLeaf(), certificate(), intermediate()),
		["Put the certificates in order, the server's first", 'Leave out certificate 1'],
		pemOf(certificate(), intermediate()),
	],
	[
		'an expired root',
		pemOf(certificate(), intermediate(), crossSigned(), oldRoot({notAfter: daysFromNow(-1)})),
		['Leave out certificate 4'],
		pemOf(certificate(), intermediate(), crossSigned()),
	],
	[
		'a twin that OpenSSL would take',
		pemOf(
			certificate({extensions: {authorityKeyIdentifier: undefined}}),
			rekeyed({extensions: {authorityKeyIdentifier: undefined}}),
			intermediate(),
		),
		['Leave out certificate 2'],
		undefined,
	],
] as const) {
	test(`left out on request: ${what}`, async t => {
		const files = {certificate: file, key};
		t.deepEqual(conversionFor(pairOf(files), check(pairOf(files)).findings)?.titles, [...titles]);
		const {findings, done, certificate: result} = await converted(t, files);
		t.deepEqual(findings, []);
		t.regex(done.join('\n'), /Left out, as they are not of this chain: \d\. CN=[^;]*, serial number [\dA-F]+, valid to \d{4}-/);
		if (left !== undefined && result.state === 'read') {
			t.is(result.bytes.toString(), left);
		}
	});
}

for (const [index, order] of [
	[rekeyed(), intermediate()],
	[intermediate(), rekeyed()],
	[expiredTwin(), intermediate(), root()],
	[root(), oldRoot(), crossSigned({serial: integer(7), notAfter: daysFromNow(-3)}), intermediate(), expiredTwin()],
].entries()) {
	testWithOpenssl(`a PKCS#7 bundle keeps the issuer that signed, bundle ${index + 1}`, async t => {
		const bundle = await made(t, 'p7.out', 'crl2pkcs7', '-nocrl', '-certfile', 'others.pem', '-certfile', 'leaf.pem', '-out', 'p7.out', [
			['others.pem', pemOf(...order)],
			['leaf.pem', pemOf(certificate())],
		]);
		const {ok, findings, chain} = await converted(t, {certificate: bundle, key});
		t.true(ok, JSON.stringify(findings));
		t.deepEqual(findings, []);
		t.is(chain?.[1]?.serial, '123456');
	});
}

testWithOpenssl('a PKCS#12 bundle keeps the issuer that signed', async t => {
	const bundle = await made(
		t,
		'p12.out',
		'pkcs12',
		'-export',
		'-in',
		'all.pem',
		'-inkey',
		'key.pem',
		'-passout',
		'pass:x',
		'-out',
		'p12.out',
		[['all.pem', pemOf(certificate(), rekeyed(), expiredTwin(), intermediate())]],
	);
	t.deepEqual(
		check(pairOf({certificate: bundle})).findings.map(({id}) => id),
		['cert-pkcs12'],
	);
	const {findings, chain} = await converted(t, {certificate: bundle}, {cert: 'x'});
	t.deepEqual(findings, []);
	t.deepEqual(
		chain?.map(({serial}) => serial),
		['123456', '123456'],
	);
});

testWithOpenssl('a key that is in no bundle is missing', async t => {
	const bundle = await made(t, 'p12.out', 'pkcs12', '-export', '-nokeys', '-in', 'chain.pem', '-passout', 'pass:x', '-out', 'p12.out');
	t.deepEqual(
		check(pairOf({certificate: bundle})).findings.map(({id}) => id),
		['cert-pkcs12', 'key-not-found'],
	);
});
