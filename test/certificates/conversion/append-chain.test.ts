import test from 'ava';
import {appendChain} from '../../../src/certificates/conversion/append-chain.js';
import {certificatesIn} from '../../../src/certificates/parse/pem.js';
import {context, integer, oid, pem, sequence, set} from '../fixtures/der.js';
import {goodKey, pemOf} from '../fixtures/files.js';
import {rsa} from '../fixtures/keys.js';
import {at, authority, certificate, intermediate, root} from '../fixtures/make.js';

const pkcs7 = (...certificates: Buffer[]): Buffer =>
	sequence(
		oid('1.2.840.113549.1.7.2'),
		context(0, sequence(integer(1), set(), sequence(oid('1.2.840.113549.1.7.1')), context(0, ...certificates), set())),
	);
const append = (own: string, other: string | Buffer) => appendChain(Buffer.from(own), Buffer.from(other as string), at);

for (const [what, chain] of Object.entries<() => string | Buffer>({
	'PEM, in any order': () => pemOf(root(), intermediate()),
	'PEM in UTF-16': () => Buffer.from(`\u{FEFF}${pemOf(root(), intermediate())}`, 'utf16le'),
	'DER, one behind the other': () => Buffer.concat([intermediate(), root()]),
	'PKCS#7 in DER': () => pkcs7(root(), intermediate()),
	'PKCS#7 in PEM': () => pem('PKCS7', pkcs7(intermediate(), root())),
})) {
	test(`a chain in ${what} is put behind the certificate, the issuer first`, t => {
		const own = pemOf(certificate()).trimEnd();
		const {bytes, added} = append(own, chain())!;
		t.true(bytes.toString().startsWith(`${own}\n`));
		t.deepEqual(certificatesIn(bytes), [certificate(), intermediate(), root()]);
		t.deepEqual(added, ['CN=Test Intermediate, O=Example', 'CN=Test Root, O=Example']);
	});
}

test('what does not continue the chain is left alone', t => {
	const own = pemOf(certificate());
	t.deepEqual(certificatesIn(append(own, pemOf(authority('Other', rsa('other')), intermediate()))!.bytes), [certificate(), intermediate()]);
	for (const other of [
		pemOf(authority('Other', rsa('other'))),
		pemOf(certificate()),
		goodKey(),
		'text',
		'',
		pemOf(intermediate()).slice(0, 99),
	]) {
		t.is(append(own, other), undefined);
	}

	t.is(append(pemOf(certificate(), intermediate(), root()), pemOf(intermediate())), undefined);
	t.is(append('text', pemOf(intermediate())), undefined);
});
