import {X509Certificate} from 'node:crypto';
import test from 'ava';
import {describeCertificate} from '../../../src/certificates/describe/describe-certificate.js';
import {Problem} from '../../../src/problem.js';
import {sequence, text} from '../fixtures/der.js';
import {ec, ed25519, rsaPss} from '../fixtures/keys.js';
import {algorithms, at, attribute, certificate, commonName, daysFromNow, dns, intermediate, ip, name, root, san} from '../fixtures/make.js';

test('a certificate is described', t => {
	const der = certificate({
		extensions: {
			san: san(...dns('ts1.example.com'), ip(10, 0, 0, 1), ip(0x20, 1, 0xd, 0xb8, ...Array.from({length: 11}, () => 0), 1)),
		},
	});
	const {fingerprint, publicKeyFingerprint, ...words} = describeCertificate(der, at);
	t.deepEqual(words, {
		subject: 'CN=ts1.example.com, O=Example',
		commonName: 'ts1.example.com',
		names: ['ts1.example.com', '10.0.0.1', '2001:db8::1'],
		issuer: 'CN=Test Intermediate, O=Example',
		selfSigned: false,
		notBefore: daysFromNow(-100).toISOString(),
		notAfter: daysFromNow(265).toISOString(),
		daysLeft: 265,
		keyType: 'RSA 2048',
		signatureAlgorithm: 'SHA-256 with RSA',
		keyUsage: ['digitalSignature', 'keyEncipherment'],
		extendedKeyUsage: ['serverAuth', 'clientAuth'],
		serial: '123456',
	});
	t.is(fingerprint, new X509Certificate(der).fingerprint256);
	t.regex(publicKeyFingerprint, /^([\dA-F]{2}:){31}[\dA-F]{2}$/);
});

test('the same key has the same fingerprint in another certificate', t => {
	const one = describeCertificate(certificate(), at);
	const other = describeCertificate(certificate({subject: name('other.example.com')}), at);
	t.is(one.publicKeyFingerprint, other.publicKeyFingerprint);
	t.not(one.fingerprint, other.fingerprint);
});

test('days are rounded down, so that an hour after the end is -1 day', t => {
	const daysLeft = (days: number) => describeCertificate(certificate({notAfter: daysFromNow(days)}), at).daysLeft;
	t.deepEqual(
		[1.5, 1, 0.5, 0, -0.05, -3].map(days => daysLeft(days)),
		[1, 1, 0, 0, -1, -3],
	);
});

test('a root is self-signed; a certificate that only names itself as issuer is not', t => {
	t.true(describeCertificate(root(), at).selfSigned);
	t.false(describeCertificate(intermediate(), at).selfSigned);
	t.false(describeCertificate(certificate({issuer: name('ts1.example.com')}), at).selfSigned);
});

test('keys and signatures have their common names', t => {
	const kinds = [ec('leaf'), ed25519(), rsaPss()].map(({publicKey}) => describeCertificate(certificate({key: publicKey}), at).keyType);
	t.deepEqual(kinds, ['EC P-256', 'Ed25519', 'RSA-PSS 2048']);
	t.is(describeCertificate(certificate({algorithm: algorithms.pss}), at).signatureAlgorithm, 'RSASSA-PSS');
	t.is(describeCertificate(certificate({algorithm: algorithms.md5}), at).signatureAlgorithm, 'MD5 with RSA');
});

test('the description contains no control characters', t => {
	const evil = 'ts1\u{1B}]0;owned\u{7}\u{202E}';
	const words = describeCertificate(
		certificate({
			subject: sequence(attribute(commonName, text(evil)), attribute('2.5.4.10', text(evil))),
			issuer: name(evil),
			extensions: {san: san(...dns('\u{1B}[2J', 'a\0b'))},
		}),
		at,
	);
	t.notRegex(Object.values(words).flat().join(''), /[\p{Cc}\p{Cf}]/u);
	t.is(words.commonName, String.raw`ts1\x1b]0;owned\x07\u{202e}`);
	t.deepEqual(words.names, [String.raw`\x1b[2J`, String.raw`a\x00b`]);
});

test('damaged bytes are a problem, not a crash', t => {
	for (const bytes of [
		Buffer.alloc(0),
		Buffer.from('hello'),
		certificate().subarray(0, -1),
		Buffer.concat([certificate(), Buffer.from([0])]),
	]) {
		t.throws(() => describeCertificate(bytes, at), {instanceOf: Problem});
	}
});
