import test from 'ava';
import {summarise} from '../../../src/certificates/describe/file-summary.js';
import {makeRequest} from '../../../src/certificates/issuance/request.js';
import {subjectOf} from '../../../src/certificates/issuance/subject.js';
import {context, integer, octets, oid, sequence} from '../fixtures/der.js';
import {chainWith, goodKey, pemOf} from '../fixtures/files.js';
import {rsa} from '../fixtures/keys.js';
import {at, certificate, daysFromNow, intermediate, root} from '../fixtures/make.js';

const dayOf = (days: number) => daysFromNow(days).toISOString().slice(0, 10);
const leafWords = `certificate of ts1.example.com, valid to ${dayOf(265)}`;
const bundle = (): Buffer =>
	sequence(integer(3), sequence(oid('1.2.840.113549.1.7.1'), context(0, octets(Buffer.alloc(40)))), sequence(sequence(), octets()));

const files: Array<[what: string, file: () => string | Buffer, holds: string, uses: string[]]> = [
	['the certificate of a server', () => pemOf(certificate()), leafWords, ['certificate']],
	['a binary certificate', () => certificate(), leafWords, ['certificate']],
	['a chain with its server', () => chainWith(), `${leafWords}, with 1 more behind it`, ['certificate', 'chain']],
	['an intermediate', () => pemOf(intermediate()), `CA certificate of Test Intermediate, valid to ${dayOf(3000)}`, ['chain']],
	['a root', () => pemOf(root()), `CA certificate of Test Root, valid to ${dayOf(3000)}`, ['chain', 'certificate']],
	['a key', () => goodKey(), 'private key (RSA 2048)', ['key']],
	[
		'a key with a passphrase',
		() => rsa('leaf').privateKey.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x'}).toString(),
		'private key with a passphrase',
		['key'],
	],
	['both', () => `${goodKey()}${pemOf(certificate())}`, `${leafWords} and private key (RSA 2048)`, ['certificate', 'key']],
	['a PKCS#12 bundle', bundle, 'PKCS#12 bundle', ['certificate', 'key']],
	['an unknown .cer', () => 'text', 'neither PEM nor DER', ['certificate']],
];

for (const [what, file, holds, uses] of files) {
	test(`${what} is recognised by its content`, t => {
		t.deepEqual(summarise('a.cer', Buffer.from(file() as string), at), {holds, uses: uses as never});
	});
}

test('a request and a text are of no use', async t => {
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	t.deepEqual(summarise('a.pem', Buffer.from(request), at), {holds: 'certificate signing request', uses: []});
	t.deepEqual(summarise('notes.txt', Buffer.from('text'), at), {holds: 'neither PEM nor DER', uses: []});
});
