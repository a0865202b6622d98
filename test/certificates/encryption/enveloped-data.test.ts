// What is encrypted here, OpenSSL decrypts; and which keys are accepted.
import {createPublicKey, generateKeyPairSync, randomBytes, type KeyObject} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {encryptFor} from '../../../src/certificates/encryption/enveloped-data.js';
import {readRecipient} from '../../../src/certificates/encryption/recipient.js';
import {newKeyPair, selfSignedPair} from '../../../src/certificates/issuance/self-signed.js';
import {toPem} from '../../../src/certificates/parse/pem.js';
import {openssl} from '../../helpers/openssl.js';
import {temporaryFolder} from '../../helpers/sandbox.js';
import {testWith} from '../../helpers/test-with.js';

const spkiOf = (key: KeyObject) => Buffer.from(key.export({type: 'spki', format: 'pem'}));
const pkcs8Of = (key: KeyObject) => key.export({type: 'pkcs8', format: 'pem'});

testWith('openssl')('openssl cms -decrypt opens what was encrypted for a public key, whatever its length', async t => {
	const folder = await temporaryFolder(t);
	const {publicKey, privateKey} = await newKeyPair();
	const [file, keyFile, opened] = ['file.p7m', 'backup.key', 'opened'].map(name => path.join(folder, name)) as [string, string, string];
	await writeFile(keyFile, pkcs8Of(privateKey));
	for (const length of [0, 1, 15, 16, 1704, 65_536]) {
		const content = randomBytes(length);
		await writeFile(file, encryptFor(readRecipient(spkiOf(publicKey)), content));
		await openssl('cms', '-decrypt', '-inform', 'PEM', '-in', file, '-inkey', keyFile, '-out', opened);
		t.deepEqual(await readFile(opened), content, `${length} bytes`);
	}
});

testWith('openssl')('openssl finds the recipient by the identifier in its certificate', async t => {
	const folder = await temporaryFolder(t);
	const {certificate, key} = await selfSignedPair({hostnames: ['backup.example.com'], days: 30});
	const [file, keyFile, crt] = ['file.p7m', 'backup.key', 'backup.crt'].map(name => path.join(folder, name)) as [string, string, string];
	await writeFile(crt, certificate);
	await writeFile(keyFile, key);
	await writeFile(file, encryptFor(readRecipient(Buffer.from(certificate)), Buffer.from('secret')));
	const opened = await openssl('cms', '-decrypt', '-inform', 'PEM', '-in', file, '-recip', crt, '-inkey', keyFile);
	t.is(opened, 'secret');
	const printed = await openssl('cms', '-cmsout', '-print', '-inform', 'PEM', '-in', file);
	for (const part of [/subjectKeyIdentifier/, /rsaesOaep/, /sha256/, /aes-256-cbc/]) {
		t.regex(printed, part);
	}
});

test('a certificate and its public key are the same recipient', async t => {
	const {certificate, key} = await selfSignedPair({hostnames: ['backup.example.com'], days: 30});
	const [one, other] = [readRecipient(Buffer.from(certificate)), readRecipient(spkiOf(createPublicKey(key)))];
	t.is(one.sha256, other.sha256);
	t.deepEqual(one.keyIdentifier, other.keyIdentifier);
	t.regex(one.sha256, /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
});

test('other keys are refused, with the reason', async t => {
	const small = generateKeyPairSync('rsa', {modulusLength: 1024});
	const {publicKey, privateKey} = await newKeyPair();
	const der = publicKey.export({type: 'spki', format: 'der'});
	const good = spkiOf(publicKey).toString();
	for (const [pem, says] of [
		['', /no PEM block/],
		[good + good, /2 PEM blocks/],
		[good.slice(0, 200), /END line is missing/],
		[spkiOf(small.publicKey).toString(), /1024 bits/],
		[spkiOf(generateKeyPairSync('ec', {namedCurve: 'P-256'}).publicKey).toString(), /of type ec/],
		[spkiOf(generateKeyPairSync('rsa-pss', {modulusLength: 2048}).publicKey).toString(), /of type rsa-pss/],
		[publicKey.export({type: 'pkcs1', format: 'pem'}).toString(), /another kind/],
		[toPem('PUBLIC KEY', der.subarray(0, -1)), /cannot be read/],
		[toPem('CERTIFICATE', der), /cannot be read/],
		[spkiOf(withExponent(publicKey, 'AQ')).toString(), /public exponent is 1/],
	] as const) {
		const error = t.throws(() => readRecipient(Buffer.from(pem)), {code: 'bad-public-key'}, String(says));
		t.regex(error.message, says);
	}

	t.throws(() => readRecipient(Buffer.from(pkcs8Of(privateKey))), {code: 'private-key'});
});

function withExponent(key: KeyObject, e: string): KeyObject {
	return createPublicKey({key: {...key.export({format: 'jwk'}), e}, format: 'jwk'});
}
