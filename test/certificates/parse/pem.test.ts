import {X509Certificate} from 'node:crypto';
import test from 'ava';
import {certificatesIn, fingerprintOf, toPem} from '../../../src/certificates/parse/pem.js';
import {Problem} from '../../../src/problem.js';
import {pem} from '../fixtures/der.js';
import {goodKey, pemOf} from '../fixtures/files.js';
import {certificate, intermediate} from '../fixtures/make.js';

test('certificates are found in the order of the file, whatever is between them', t => {
	const [leaf, issuer] = [certificate(), intermediate()];
	const text = `subject=x\n${pemOf(leaf)}\nissuer=y\n${goodKey()}${pem('X509 CERTIFICATE', issuer)}`;
	t.deepEqual(certificatesIn(text), [leaf, issuer]);
	t.deepEqual(certificatesIn(Buffer.from(text)), [leaf, issuer]);
});

test('a text without certificates has none', t => {
	t.deepEqual(certificatesIn(''), []);
	t.deepEqual(certificatesIn(goodKey()), []);
});

test('a damaged block is a problem that names its line, even when a good one follows', t => {
	const text = pemOf(certificate()).replace('\nM', '\n!M') + pemOf(intermediate());
	const problem = t.throws(() => certificatesIn(text), {instanceOf: Problem});
	t.regex(problem.message, /Block 1 \(CERTIFICATE\) is damaged: bad base64 at line 2/);
});

test('a block that never ends is a problem', t => {
	t.throws(() => certificatesIn(pemOf(certificate()).slice(0, -30)), {instanceOf: Problem, message: /END line is missing/});
});

test('written PEM is read back, by OpenSSL too', t => {
	const leaf = certificate();
	const text = toPem('CERTIFICATE', leaf);
	t.deepEqual(certificatesIn(text), [leaf]);
	t.deepEqual(new X509Certificate(text).raw, leaf);
	t.true(text.split('\n').every(line => line.length <= 64));
});

test('a fingerprint equals the one that OpenSSL prints', t => {
	t.is(fingerprintOf(certificate()), new X509Certificate(certificate()).fingerprint256);
});

test('base64 of every length decodes as Node decodes it', t => {
	for (let length = 1; length < 70; length++) {
		const bytes = Buffer.from(Array.from({length}, (_, index) => (index * 37 + length) % 256));
		t.deepEqual(certificatesIn(pem('CERTIFICATE', bytes)), [bytes]);
	}
});
