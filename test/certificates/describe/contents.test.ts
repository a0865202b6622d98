import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {describeContents} from '../../../src/certificates/describe/describe-contents.js';
import {certificateRows} from '../../../src/certificates/describe/rows.js';
import {Problem} from '../../../src/problem.js';
import {opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {pem} from '../fixtures/der.js';
import {chainWith, goodKey, pemOf} from '../fixtures/files.js';
import {at, certificate, intermediate, name, root} from '../fixtures/make.js';

test('certificates are described in PEM, in DER and in PKCS#7, those behind the first as its chain', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'chain.pem'), pemOf(root(), intermediate(), certificate()));
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -out p7.pem');
	await opensslIn(folder, 'crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out p7.der');
	for (const bytes of [Buffer.from(chainWith()), await readFile(path.join(folder, 'p7.pem')), await readFile(path.join(folder, 'p7.der'))]) {
		const contents = describeContents(bytes, at);
		t.true('certificate' in contents && contents.certificate.subject.startsWith('CN=ts1.example.com') && contents.chain.length > 0);
	}

	t.deepEqual(describeContents(certificate(), at), {...describeContents(Buffer.from(pemOf(certificate())), at), chain: []});
});

test('a request is described as one', async t => {
	const folder = await temporaryFolder(t);
	await opensslIn(folder, 'req -new -newkey rsa:2048 -nodes -keyout a.key -subj /CN=ts1.example.com -out a.csr');
	const contents = describeContents(await readFile(path.join(folder, 'a.csr')), at);
	t.true('request' in contents && contents.request.subject === 'CN=ts1.example.com');
});

test('of what is neither, it is said what it is, and nothing of a key is shown', t => {
	const held: Array<[string | Buffer, string]> = [
		[goodKey(), 'is-key'], ['<html>', 'no-certificate'], ['', 'no-certificate'], [Buffer.from('3003020103', 'hex'), 'no-certificate'],
		[pem('PKCS7', Buffer.from('3000', 'hex')), 'damaged-bundle'], [chainWith().slice(0, 300), 'damaged-pem'],
	];
	for (const [bytes, code] of held) {
		t.is(t.throws(() => describeContents(Buffer.from(bytes as string), at), {instanceOf: Problem}).code, code);
	}
});

test('the rows say what matters, and no escape sequence', t => {
	const contents = describeContents(Buffer.from(pemOf(certificate({subject: name('ts1\u{1B}[2J.example.com')}))), at);
	const rows = 'certificate' in contents ? certificateRows(contents.certificate) : [];
	t.deepEqual(rows.slice(0, 9), [
		['Subject', String.raw`CN=ts1\x1b[2J.example.com, O=Example`],
		['Names', 'ts1.example.com, ts2.example.com'],
		['Issuer', 'CN=Test Intermediate, O=Example'],
		['Valid from', '2039-11-22'],
		['Valid to', '2040-11-21 (265 days left)'],
		['Key', 'RSA 2048'],
		['Signature', 'SHA-256 with RSA'],
		['Key usage', 'digitalSignature, keyEncipherment'],
		['Purposes', 'serverAuth, clientAuth'],
	]);
});
