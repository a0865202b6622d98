// Damaged text is named as what it is, never as "cut off, upload again", and what is still whole is made whole by a conversion.
import test from 'ava';
import {checkPair} from '../../src/certificates/check.js';
import {conversionFor} from '../../src/certificates/conversion/conversion.js';
import {damagedTexts, goodChain, goodPrivateKey, rearranged} from './fixtures/damaged-texts.js';
import {certificateName, keyName, uploaded, type Content} from './fixtures/files.js';
import {rsa} from './fixtures/keys.js';
import {at} from './fixtures/make.js';
import {converted} from './conversion/converted.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];

const errorsOf = (certificate: Content, key: Content): string[] =>
	checkPair(uploaded(certificateName, certificate), uploaded(keyName, key), {hosts, at})
		.findings.filter(({severity}) => severity === 'error')
		.map(({message, hint}) => `${message}\n${hint}`);

for (const {what, damage, says, isLost} of damagedTexts) {
	for (const file of ['certificate', 'key'] as const) {
		test(`a ${file} ${what}`, async t => {
			const files = {certificate: goodChain() as Content, key: goodPrivateKey() as Content};
			files[file] = damage(files[file] as string);
			const errors = errorsOf(files.certificate, files.key);
			t.is(errors.length, 1, errors.join('\n'));
			t.regex(errors[0]!, says);
			t.notRegex(errors[0]!, /cut off|upload (?:it|the file) again|new key/);
			t.false(errors[0]!.includes(goodPrivateKey().split('\n')[1]!.slice(0, 24)), 'a part of the key');
			if (!isLost) {
				const {ok, findings} = await converted(t, files);
				t.true(ok, JSON.stringify(findings));
			}
		});
	}
}

for (const [what, certificate] of Object.entries(rearranged)) {
	test(`converted: ${what}`, async t => {
		const {ok, findings} = await converted(t, {certificate: certificate(), key: goodPrivateKey()});
		t.true(ok, JSON.stringify(findings));
	});
}

test('keys in JSON and in XML are written in PEM', async t => {
	const jwk = rsa('leaf').privateKey.export({format: 'jwk'});
	const member = (name: string, value = '') => `<${name}>${Buffer.from(value, 'base64url').toString('base64')}</${name}>`;
	const xml = [
		['Modulus', jwk.n],
		['Exponent', jwk.e],
		['P', jwk.p],
		['Q', jwk.q],
		['DP', jwk.dp],
		['DQ', jwk.dq],
		['InverseQ', jwk.qi],
		['D', jwk.d],
	] as const;
	for (const key of [JSON.stringify(jwk), `<RSAKeyValue>${xml.map(([name, value]) => member(name, value)).join('')}</RSAKeyValue>`]) {
		t.true((await converted(t, {certificate: goodChain(), key})).ok);
	}
});

const foreign: Record<string, [bytes: string | Buffer, says: RegExp]> = {
	'a ZIP archive': [Buffer.from('504b0304140000000800', 'hex'), /ZIP/],
	'a JKS keystore': [Buffer.from('feedfeed0000000200000001', 'hex'), /Java keystore.*keytool -importkeystore/s],
	'a JCEKS keystore': [Buffer.from('cececece0000000200000001', 'hex'), /Java keystore.*keytool -importkeystore/s],
	'a PVK key': [Buffer.from('1ef1b5b00000000001000000', 'hex'), /PVK.*openssl rsa -inform PVK/s],
	'a PuTTY key': ['PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', /PuTTY.*puttygen/s],
	'a PGP key': ['-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n=AbCd\n-----END PGP PUBLIC KEY BLOCK-----\n', /PGP/],
	'an SSH key': ['ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB user@host\n', /SSH/],
	'an XML document': ['<?xml version="1.0"?>\n<a/>\n', /XML/],
	'a JSON Web Key': ['{"kty": "RSA", "n": "x"}', /JSON Web Key/],
	'a mail': ['Received: from a\n\tby b\nSubject: Certificate\nContent-Type: multipart/mixed\n\nHello\n', /mail.*attachment/s],
	'a PDF document': ['%PDF-1.7\n', /PDF/],
	'a gzip file': [Buffer.from('1f8b08000000', 'hex'), /gzip/],
};

for (const [what, [bytes, says]] of Object.entries(foreign)) {
	test(`${what} is called what it is`, t => {
		for (const errors of [errorsOf(bytes, goodPrivateKey()), errorsOf(goodChain(), bytes)]) {
			t.regex(errors.join('\n'), says);
		}
	});
}

test('a key of a TPM, which only its TPM can use', t => {
	const [error] = errorsOf(goodChain(), '-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n-----END TSS2 PRIVATE KEY-----\n');
	t.regex(error!, /TPM/);
});

test('NUL bytes at the end, and a revocation list beside a certificate, do not refuse a pair', t => {
	t.deepEqual(errorsOf(Buffer.concat([Buffer.from(goodChain()), Buffer.alloc(12)]), goodPrivateKey()), []);
});

test('nothing can be converted of what is lost', t => {
	const pair = {
		certificate: uploaded(certificateName, goodChain().replace(/\n[^-\n]{20}/, '\n<YOUR BASE64 HERE...>')),
		key: uploaded(keyName, goodPrivateKey()),
	};
	t.is(conversionFor(pair, checkPair(pair.certificate, pair.key, {hosts, at}).findings), undefined);
});
