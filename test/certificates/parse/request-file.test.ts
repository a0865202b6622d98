// Requests that others made.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {makeRequest} from '../../../src/certificates/issuance/request.js';
import {subjectOf} from '../../../src/certificates/issuance/subject.js';
import {hostsIn, isRequest, readRequest, describeRequest} from '../../../src/certificates/parse/request-file.js';
import {Problem} from '../../../src/problem.js';
import {opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';
import {chainWith, goodKey} from '../fixtures/files.js';

const testWithOpenssl = testWith('openssl');

async function made(t: ExecutionContext, words: string): Promise<Buffer> {
	const folder = await temporaryFolder(t);
	await opensslIn(folder, `req -new -nodes -keyout a.key -out a.csr ${words}`);
	return readFile(path.join(folder, 'a.csr'));
}

for (const [key, algorithm, type] of [
	['rsa:2048', '-sha256', 'RSA 2048'],
	['rsa:3072', '-sha512', 'RSA 3072'],
	['ec -pkeyopt ec_paramgen_curve:P-256', '-sha384', 'EC P-256'],
	['ed25519', '-sha256', 'Ed25519'],
]) {
	testWithOpenssl(`a request with a key of type ${type} is read, in PEM and in DER`, async t => {
		for (const form of ['PEM', 'DER']) {
			const bytes = await made(
				t,
				`-newkey ${key} ${algorithm} -subj /CN=ts1.example.com/O=Example -addext subjectAltName=DNS:a.example.com,IP:10.0.0.1 -outform ${form}`,
			);
			t.true(isRequest(bytes));
			const request = readRequest(bytes);
			const words = describeRequest(request);
			t.is(words.keyType, type!);
			t.is(words.subject, 'CN=ts1.example.com, O=Example');
			t.deepEqual(words.names, ['a.example.com', '10.0.0.1']);
			t.deepEqual(hostsIn(request), ['a.example.com', '10.0.0.1']);
		}
	});
}

testWithOpenssl('without a SAN the common name is the host', async t => {
	t.deepEqual(hostsIn(readRequest(await made(t, '-newkey rsa:2048 -subj /CN=ts1.example.com'))), ['ts1.example.com']);
});

test('a file that is not a request is a problem', t => {
	for (const bytes of [chainWith(), goodKey(), '', 'text', '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n']) {
		const problem = t.throws(() => readRequest(Buffer.from(bytes)), {instanceOf: Problem});
		t.is(problem.code, 'bad-request');
	}
});

test('a bit flip anywhere in a request is detected', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	const good = Buffer.from(request.replaceAll(/-----.*-----/g, ''), 'base64');
	for (let at = 0; at < good.length; at++) {
		const changed = Buffer.from(good);
		changed[at] = changed[at]! ^ (1 << (at % 8));
		t.throws(() => readRequest(changed), {instanceOf: Problem}, `byte ${at}`);
	}

	for (let length = 0; length < good.length; length += 7) {
		t.throws(() => readRequest(good.subarray(0, length)), {instanceOf: Problem});
	}
});
