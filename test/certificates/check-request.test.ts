// What a certificate made from a request would lack: with requests that OpenSSL makes, as the document's configuration has them.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {checkRequest} from '../../src/certificates/check-request.js';
import {describeLeaf} from '../../src/certificates/describe/describe-certificate.js';
import {makeLabAuthority, signRequest} from '../../src/certificates/issuance/lab-authority.js';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {readRequest} from '../../src/certificates/parse/request-file.js';
import {Problem} from '../../src/problem.js';
import {opensslIn} from '../helpers/enterprise-ca.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

const from = new Date('2026-11-26T00:00:00Z');
const idsOf = async (request: Buffer, hosts = ['ts1.example.com']) =>
	(await checkRequest(readRequest(request), {hosts, at: from})).map(({severity, id}) => `${severity} ${id}`);

/** A request made by OpenSSL with these lines of a configuration for the subject and the extensions. */
async function madeByOpenssl(t: ExecutionContext, subject: string[], extensions: string[]): Promise<Buffer> {
	const folder = await temporaryFolder(t);
	const lines = [
		'[req]',
		'prompt = no',
		'distinguished_name = dn',
		...(extensions.length === 0 ? [] : ['req_extensions = ext']),
		'[dn]',
		...subject,
		'[ext]',
		...extensions,
	];
	await writeFile(path.join(folder, 'req.cfg'), lines.join('\n'));
	await opensslIn(folder, 'req -new -newkey rsa:2048 -nodes -keyout req.key -sha256 -config req.cfg -out req.csr');
	return readFile(path.join(folder, 'req.csr'));
}

const asDocumented = [
	'basicConstraints = CA:FALSE',
	'keyUsage = digitalSignature, keyEncipherment',
	'extendedKeyUsage = serverAuth,clientAuth',
];

test('a request that is made here has no finding, but for a host that it does not name', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	t.deepEqual(await idsOf(Buffer.from(request)), []);
	t.deepEqual(await idsOf(Buffer.from(request), ['ts1.example.com', 'ts2.example.com']), ['error san-host']);
});

testWith('openssl')('the configuration of the document with every prompt accepted gives a request without a common name', async t => {
	const request = await madeByOpenssl(t, ['L = Emeryville', 'OU = IT'], [...asDocumented, 'subjectAltName = DNS:ts1.example.com']);
	t.deepEqual(await idsOf(request), ['error cn-missing']);
});

testWith('openssl')('a request whose common name is not in its SAN, without purposes, has both findings', async t => {
	const extensions = [...asDocumented.slice(0, 2), 'subjectAltName = DNS:ts1.example.com'];
	const request = await madeByOpenssl(t, ['CN = server.domain.com'], extensions);
	t.deepEqual((await idsOf(request)).toSorted(), ['error cn-not-in-san', 'error extended-key-usage']);
});

testWith('openssl')('a request for a CA is refused, and so is a key that is not RSA', async t => {
	const request = await madeByOpenssl(t, ['CN = ts1.example.com'], ['basicConstraints = CA:TRUE']);
	await t.throwsAsync(idsOf(request), {instanceOf: Problem, message: /asks for a CA/});
	const folder = await temporaryFolder(t);
	await opensslIn(
		folder,
		'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -subj /CN=ts1.example.com -out ec.csr',
	);
	t.deepEqual(await idsOf(await readFile(path.join(folder, 'ec.csr'))), ['error key-type']);
});

testWith('openssl')('the lab CA signs what is asked for, and adds what is required only when it is told to', async t => {
	const lab = await makeLabAuthority(from);
	const request = readRequest(
		await madeByOpenssl(t, ['C = US', 'CN = ts1.example.com'], ['subjectAltName = DNS:ts1.example.com,DNS:ts2.example.com']),
	);
	const asked = describeLeaf(Buffer.from(signRequest(request, lab, {days: 100, from})), from);
	t.deepEqual([asked.names, asked.extendedKeyUsage, asked.keyUsage], [['ts1.example.com', 'ts2.example.com'], [], []]);
	t.regex(asked.subject, /C=US/);
	const added = describeLeaf(Buffer.from(signRequest(request, lab, {days: 100, from, asRequired: true})), from);
	t.deepEqual(added.extendedKeyUsage, ['serverAuth', 'clientAuth']);
});
