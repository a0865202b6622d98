import {createPublicKey} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {describeContents} from '../../../src/certificates/describe/describe-contents.js';
import {makeRequest} from '../../../src/certificates/issuance/request.js';
import {subjectOf} from '../../../src/certificates/issuance/subject.js';
import {certificateRows} from '../../../src/certificates/describe/rows.js';
import {Problem} from '../../../src/problem.js';
import {opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';
import {bits, integer, oid, pem, sequence, time} from '../fixtures/der.js';
import {chainWith, goodKey, pemOf} from '../fixtures/files.js';
import {rsa} from '../fixtures/keys.js';
import {algorithms, at, certificate, daysFromNow, identifier, intermediate, name, root, signature} from '../fixtures/make.js';

test('certificates in PEM and DER are described, those after the first as its chain', t => {
	const contents = describeContents(Buffer.from(chainWith()), at);
	t.regex(contents.certificate!.subject, /^CN=ts1\.example\.com/);
	t.is(contents.chain?.length, 1);
	const {blocks, ...binary} = describeContents(certificate(), at);
	t.like(describeContents(Buffer.from(pemOf(certificate())), at), binary);
	t.like(blocks, [{kind: 'certificate', byte: 0}]);
});

testWith('openssl')('certificates in PKCS#7 written by openssl are described, those after the first as its chain', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'chain.pem'), pemOf(root(), intermediate(), certificate()));
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -out p7.pem');
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out p7.der');
	for (const bytes of [await readFile(path.join(folder, 'p7.pem')), await readFile(path.join(folder, 'p7.der'))]) {
		const contents = describeContents(bytes, at);
		t.regex(contents.certificate!.subject, /^CN=ts1\.example\.com/);
		t.true(contents.chain!.length > 0);
	}
});

test('a request is described as a request', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	const contents = describeContents(Buffer.from(request), at);
	t.is(contents.request?.subject, 'CN=ts1.example.com');
	t.false('certificate' in contents);
});

test('other content is identified, and nothing of a key is shown', t => {
	const held: Array<[string | Buffer, string]> = [
		[goodKey(), 'is-key'],
		['<html>', 'no-certificate'],
		['', 'no-certificate'],
		[Buffer.from('3003020103', 'hex'), 'no-certificate'],
		[pem('PKCS7', Buffer.from('3000', 'hex')), 'damaged-bundle'],
		[chainWith().slice(0, 300), 'damaged-pem'],
	];
	for (const [bytes, code] of held) {
		t.is(t.throws(() => describeContents(Buffer.from(bytes as string), at), {instanceOf: Problem}).code, code);
	}
});

function revocationList(): Buffer {
	const entry = (number: number) => sequence(integer(number), time(daysFromNow(-2)));
	const list = sequence(
		integer(1),
		identifier(algorithms.sha256),
		name('Test Root'),
		time(daysFromNow(-1)),
		time(daysFromNow(6)),
		sequence(entry(1), entry(2)),
	);
	return sequence(list, identifier(algorithms.sha256), bits(signature(list, algorithms.sha256, rsa('root').privateKey)));
}

const kindsIn = (file: string | Buffer) => describeContents(Buffer.from(file as string), at).blocks.map(({kind, line}) => [line, kind]);

test('every block of a file is described, each with its line', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	const spki = createPublicKey(goodKey()).export({type: 'spki', format: 'pem'}).toString();
	const parts = [
		`a comment\n${pemOf(certificate())}`,
		goodKey(),
		request,
		spki,
		pem('X509 CRL', revocationList()),
		pem('EC PARAMETERS', oid('1.2')),
	];
	const lines = parts.map((_, index) => parts.slice(0, index).join('').split('\n').length);
	t.deepEqual(kindsIn(parts.join('')), [
		[lines[0]! + 1, 'certificate'],
		[lines[1], 'private-key'],
		[lines[2], 'request'],
		[lines[3], 'public-key'],
		[lines[4], 'revocation-list'],
		[lines[5], 'other'],
	]);
	const {blocks} = describeContents(Buffer.from(parts.join('')), at);
	t.like(blocks[1], {keyType: 'RSA 2048', hasPassphrase: false});
	t.like(blocks[4], {revocationList: {issuer: 'CN=Test Root, O=Example', revoked: 2, signatureAlgorithm: 'SHA-256 with RSA'}});
	t.notRegex(
		JSON.stringify(blocks),
		new RegExp(
			goodKey()
				.split('\n')[2]!
				.replaceAll('+', String.raw`\+`),
		),
	);
});

test('UTF-16, binary data behind text and a TRUSTED CERTIFICATE are read', t => {
	for (const file of [
		Buffer.from(`\u{FEFF}${chainWith()}`, 'utf16le'),
		Buffer.from(chainWith(), 'utf16le').swap16(),
		Buffer.concat([Buffer.from(pemOf(certificate())), intermediate()]),
		Buffer.concat([certificate(), intermediate()]),
		Buffer.concat([certificate(), Buffer.from(`\n${pemOf(intermediate())}`)]),
		pem('TRUSTED CERTIFICATE', Buffer.concat([certificate(), sequence()])) + pemOf(intermediate()),
	]) {
		t.deepEqual(
			kindsIn(file).map(([, kind]) => kind),
			['certificate', 'certificate'],
		);
	}
});

test('what cannot be read is named with its line, and what is whole beside it is described', t => {
	const [leaf, issuer] = [pemOf(certificate()), pemOf(intermediate())];
	const length = leaf.split('\n').length;
	const damaged: Array<[string, number, RegExp]> = [
		[`${leaf}${issuer.slice(0, 300)}`, length, /END line is missing after line \d+/],
		[`${leaf}${issuer.replace('-----BEGIN', '----BEGIN')}`, length, /seems to belong to a PEM block: "----BEGIN CERTIFICATE-----"/],
		[`${leaf}${issuer.replace('\n', '\n!\n')}`, length, /line \d+/],
		[`${leaf}  ${issuer.replace('-----END', 'x-----END')}`, length, /white space before the dashes/],
		[`${leaf}${pem('X509 CRL', Buffer.from('3000', 'hex'))}`, length, /ASN\.1/],
		[`${leaf}${pem('CERTIFICATE REQUEST', certificate().subarray(0, 200))}`, length, /ASN\.1|request/],
	];
	for (const [file, line, reason] of damaged) {
		const {certificate: first, blocks} = describeContents(Buffer.from(file), at);
		const unread = blocks.flatMap(block => (block.kind === 'unread' ? [block] : []));
		t.regex(first!.subject, /ts1/);
		t.is(unread[0]?.line, line, file);
		t.regex(unread[0]!.reason, reason);
	}

	const {blocks} = describeContents(Buffer.concat([certificate(), Buffer.from('rubbish')]), at);
	t.like(blocks.at(-1), {kind: 'unread', byte: certificate().length});
});

const dayOf = (days: number) => daysFromNow(days).toISOString().slice(0, 10);

test('the rows show the main fields, without escape sequences', t => {
	const contents = describeContents(Buffer.from(pemOf(certificate({subject: name('ts1\u{1B}[2J.example.com')}))), at);
	const rows = certificateRows(contents.certificate!);
	t.deepEqual(rows.slice(0, 9), [
		['Subject', String.raw`CN=ts1\x1b[2J.example.com, O=Example`],
		['Names', 'ts1.example.com, ts2.example.com'],
		['Issuer', 'CN=Test Intermediate, O=Example'],
		['Valid from', dayOf(-100)],
		['Valid to', `${dayOf(265)} (265 days left)`],
		['Key', 'RSA 2048'],
		['Signature', 'SHA-256 with RSA'],
		['Key usage', 'digitalSignature, keyEncipherment'],
		['Purposes', 'serverAuth, clientAuth'],
	]);
});
