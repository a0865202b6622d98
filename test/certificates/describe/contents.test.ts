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
import {pem} from '../fixtures/der.js';
import {chainWith, goodKey, pemOf} from '../fixtures/files.js';
import {at, certificate, daysFromNow, intermediate, name, root} from '../fixtures/make.js';

test('certificates in PEM and DER are described, those after the first as its chain', t => {
	const contents = describeContents(Buffer.from(chainWith()), at);
	t.true('certificate' in contents && contents.certificate.subject.startsWith('CN=ts1.example.com') && contents.chain.length === 1);
	t.deepEqual(describeContents(certificate(), at), {...describeContents(Buffer.from(pemOf(certificate())), at), chain: []});
});

testWith('openssl')('certificates in PKCS#7 written by openssl are described, those after the first as its chain', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'chain.pem'), pemOf(root(), intermediate(), certificate()));
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -out p7.pem');
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out p7.der');
	for (const bytes of [await readFile(path.join(folder, 'p7.pem')), await readFile(path.join(folder, 'p7.der'))]) {
		const contents = describeContents(bytes, at);
		t.true('certificate' in contents && contents.certificate.subject.startsWith('CN=ts1.example.com') && contents.chain.length > 0);
	}
});

test('a request is described as a request', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	const contents = describeContents(Buffer.from(request), at);
	t.true('request' in contents && contents.request.subject === 'CN=ts1.example.com');
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

const dayOf = (days: number) => daysFromNow(days).toISOString().slice(0, 10);

test('the rows show the main fields, without escape sequences', t => {
	const contents = describeContents(Buffer.from(pemOf(certificate({subject: name('ts1\u{1B}[2J.example.com')}))), at);
	const rows = 'certificate' in contents ? certificateRows(contents.certificate) : [];
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
