import {X509Certificate, createPrivateKey} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {checkPair} from '../../../src/certificates/check.js';
import {describeCertificate} from '../../../src/certificates/describe/describe-certificate.js';
import {certificatesIn} from '../../../src/certificates/parse/pem.js';
import {selfSignedPair} from '../../../src/certificates/issuance/self-signed.js';
import {testWith} from '../../helpers/test-with.js';
import {certificateName, keyName, uploaded} from '../fixtures/files.js';

const from = new Date('2040-01-01T00:00:00Z');
const hostnames = ['ts1.example.com', 'ts2.example.com', '10.0.0.1', '2001:db8::1'];

test('a self-signed pair names every host, the first as its common name, and is valid for the asked days', async t => {
	const {certificate} = await selfSignedPair({hostnames, days: 365, from});
	const [der = Buffer.alloc(0)] = certificatesIn(certificate);
	const words = describeCertificate(der, from);
	t.is(words.commonName, 'ts1.example.com');
	t.deepEqual(words.names, hostnames);
	t.true(words.selfSigned);
	t.is(words.notBefore, from.toISOString());
	t.is(words.daysLeft, 365);
	t.is(words.keyType, 'RSA 2048');
	t.is(words.signatureAlgorithm, 'SHA-256 with RSA');
});

test('it passes the check, with only the finding that it is self-signed', async t => {
	const {certificate, key} = await selfSignedPair({hostnames, days: 365, from});
	const {ok, findings} = checkPair(uploaded(certificateName, certificate), uploaded(keyName, key), {hosts: hostnames, at: from});
	t.deepEqual(
		findings.map(({id}) => id),
		['self-signed'],
	);
	t.true(ok);
});

test('the key is PKCS#8 and matches the certificate; each pair has its own key and serial number', async t => {
	const [one, other] = await Promise.all([selfSignedPair({hostnames, days: 1}), selfSignedPair({hostnames, days: 1})]);
	t.regex(one.key.toString(), /^-----BEGIN PRIVATE KEY-----/);
	t.true(new X509Certificate(one.certificate).checkPrivateKey(createPrivateKey(one.key)));
	t.false(new X509Certificate(one.certificate).checkPrivateKey(createPrivateKey(other.key)));
	t.not(new X509Certificate(one.certificate).serialNumber, new X509Certificate(other.certificate).serialNumber);
});

test('a validity beyond 2049 is written so that OpenSSL reads the same date', async t => {
	const {certificate} = await selfSignedPair({hostnames, days: 20 * 365, from});
	t.is(new Date(new X509Certificate(certificate).validTo).getUTCFullYear(), 2059);
});

testWith('openssl')('OpenSSL verifies it in strict mode, as a server and as a client, for a name and for an address', async t => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'self-signed-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	const file = path.join(folder, 'server.crt');
	await writeFile(file, (await selfSignedPair({hostnames, days: 365})).certificate);
	for (const wish of [
		['-verify_hostname', 'ts2.example.com'],
		['-verify_ip', '2001:db8::1'],
		['-purpose', 'sslserver'],
		['-purpose', 'sslclient'],
	]) {
		const {stdout} = await execa('openssl', ['verify', '-x509_strict', '-check_ss_sig', '-CAfile', file, ...wish, file]);
		t.regex(stdout, /: OK$/, wish.join(' '));
	}
});
