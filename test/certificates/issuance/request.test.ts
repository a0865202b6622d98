// A request asks a CA for what the document demands, and openssl finds nothing wrong with it.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {checkPair} from '../../../src/certificates/check.js';
import {makeRequest} from '../../../src/certificates/issuance/request.js';
import {subjectOf, type SubjectFields} from '../../../src/certificates/issuance/subject.js';
import {readRequest, describeRequest} from '../../../src/certificates/parse/request-file.js';
import {Problem} from '../../../src/problem.js';
import {makeCa, opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';
import {certificateName, keyName, uploaded} from '../fixtures/files.js';

const names = ['ts1.example.com', 'ts2.example.com', '10.0.0.1', '2001:db8::1'];
const fields = {country: 'us', state: 'CA', locality: 'Emeryville', organization: 'Müller & Söhne, Inc.', organizationalUnit: 'IT'};

testWith('openssl')('openssl verifies the request and finds the attributes that the document asks for', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'a.csr'), (await makeRequest(subjectOf(names, fields), {days: 365})).request);
	const text = await opensslIn(folder, 'req -in a.csr -verify -noout -text -nameopt RFC2253,utf8,-esc_msb');
	t.regex(text, /Subject: CN=ts1\.example\.com,OU=IT,O=Müller & Söhne\\, Inc\.,L=Emeryville,ST=CA,C=US\n/);
	t.regex(text, /Public-Key: \(2048 bit\)/);
	t.regex(text, /Basic Constraints: \n\s+CA:FALSE/);
	t.regex(text, /Digital Signature, Key Encipherment\n/);
	t.regex(text, /TLS Web Server Authentication, TLS Web Client Authentication\n/);
	t.regex(text, /DNS:ts1\.example\.com, DNS:ts2\.example\.com, IP Address:10\.0\.0\.1, IP Address:2001:DB8:0:0:0:0:0:1\n/);
	t.regex(text, /Signature Algorithm: sha256WithRSAEncryption/);
});

test('its description has the given values', async t => {
	const words = describeRequest(readRequest(Buffer.from((await makeRequest(subjectOf(names, fields), {days: 365})).request)));
	t.deepEqual(words.names, names);
	t.is(words.subject, 'CN=ts1.example.com, C=US, ST=CA, L=Emeryville, O=Müller & Söhne, Inc., OU=IT');
	t.deepEqual([words.keyType, words.signatureAlgorithm], ['RSA 2048', 'SHA-256 with RSA']);
	t.deepEqual([...words.keyUsage, ...words.extendedKeyUsage], ['digitalSignature', 'keyEncipherment', 'serverAuth', 'clientAuth']);
});

test('its self-signed certificate matches its key, and the check only notes that it is self-signed', async t => {
	const {certificate, key} = await makeRequest(subjectOf(names, fields), {days: 365});
	const {findings, certificate: words} = checkPair(uploaded(certificateName, certificate), uploaded(keyName, key), {
		hosts: names,
		at: new Date(),
	});
	t.deepEqual(
		findings.map(({id}) => id),
		['self-signed'],
	);
	t.is(words?.daysLeft, 364);
});

testWith('openssl')('a certificate that an openssl CA issues for it passes the check without findings', async t => {
	const folder = await temporaryFolder(t);
	const ca = await makeCa(folder);
	const {request, key} = await makeRequest(subjectOf(names), {days: 365});
	await writeFile(path.join(folder, 'a.csr'), request);
	await opensslIn(folder, 'x509 -req -in a.csr -CA ca.crt -CAkey ca.key -days 300 -sha256 -copy_extensions copyall -out a.crt');
	const file = Buffer.concat([await readFile(path.join(folder, 'a.crt')), await readFile(ca)]);
	const {findings} = checkPair(uploaded(certificateName, file), uploaded(keyName, key), {
		hosts: names,
		at: new Date(),
		ca: await readFile(ca),
	});
	t.deepEqual(findings, []);
});

const good: Array<[string, string[], string[]]> = [
	[
		'names are trimmed, lower case, without a final dot and each once',
		[' TS1.example.com ', 'ts1.example.com.', 'TS2.Example.COM'],
		['ts1.example.com', 'ts2.example.com'],
	],
	['letters beyond ASCII become xn--', ['münchen.example.com'], ['xn--mnchen-3ya.example.com']],
	['addresses are shortened', ['[2001:0DB8::0001]', '192.0.2.1'], ['2001:db8::1', '192.0.2.1']],
	['a name without a domain may follow', ['ts1.example.com', 'localhost'], ['ts1.example.com', 'localhost']],
	['a long name may follow', ['ts1.example.com', `${'a'.repeat(60)}.example.com`], ['ts1.example.com', `${'a'.repeat(60)}.example.com`]],
];

for (const [what, hostnames, expected] of good) {
	test(what, t => {
		t.deepEqual(subjectOf(hostnames).names, expected);
	});
}

const bad: Array<[string, string[], RegExp, SubjectFields?]> = [
	['no name', [], /No host name/],
	['a wildcard', ['*.example.com'], /wildcard/],
	['a name without a domain', ['ts1'], /not fully qualified/],
	['a long common name', [`${'a'.repeat(60)}.example.com`], /72 characters/],
	['a URL', ['https://ts1.example.com'], /neither a host name nor an IP address/],
	['an underscore', ['ts_1.example.com'], /neither/],
	['an address that is none', ['10.0.0.300'], /neither/],
	['an address of one link only', ['fe80::1%eth0'], /neither/],
	['an escape sequence', ['ts1.example.com', '\u{1B}[2J.example.com'], /\\x1b/],
	['a country of three letters', ['ts1.example.com'], /two letters/, {country: 'USA'}],
	['a long organization', ['ts1.example.com'], /65 characters/, {organization: 'x'.repeat(65)}],
	['an organization with a line end', ['ts1.example.com'], /cannot be printed/, {organization: 'a\nb'}],
];

for (const [what, hostnames, words, parts] of bad) {
	test(`${what} is not asked of any CA`, t => {
		const problem = t.throws(() => subjectOf(hostnames, parts), {instanceOf: Problem});
		t.regex(problem.message, words);
		t.true(problem.hint.length > 0);
	});
}

test('empty parts of the subject are left out', t => {
	t.deepEqual(subjectOf(['ts1.example.com'], {country: '', organization: '  ', locality: ' Bern '}).attributes, [
		{name: 'localityName', value: 'Bern'},
	]);
});
