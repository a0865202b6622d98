// Several certificates of one name: which are taken, and how those that are not needed are named.
import test from 'ava';
import {checkPair, type Finding} from '../../src/certificates/check.js';
import {certificateName, goodKey, keyName, pemOf, uploaded} from './fixtures/files.js';
import {rsa} from './fixtures/keys.js';
import {at, authority, certificate, daysFromNow, intermediate, name, root} from './fixtures/make.js';
import {crossSigned, expiredTwin, oldLeaf, oldRoot, rekeyed} from './fixtures/path-cases.js';

const check = (file: string, ...roots: Buffer[]): Finding[] =>
	checkPair(uploaded(certificateName, file), uploaded(keyName, goodKey()), {
		hosts: ['ts1.example.com', 'ts2.example.com'],
		at,
		...(roots.length > 0 && {ca: Buffer.from(pemOf(...roots))}),
	}).findings;
const ids = (findings: Finding[]): string[] => findings.map(({severity, id}) => `${severity} ${id}`);

test('the chain ends at any given root, also where the file goes on to another', t => {
	const long = pemOf(certificate(), intermediate(), crossSigned(), oldRoot());
	for (const roots of [[root()], [oldRoot()], [root(), oldRoot()], [authority('Unrelated', rsa('other')), root()]]) {
		t.deepEqual(check(long, ...roots), []);
	}
});

test('a cross-sign that expired is not needed for a given root', t => {
	const findings = check(pemOf(certificate(), intermediate(), crossSigned({notAfter: daysFromNow(-1)})), root());
	t.deepEqual(ids(findings), ['warning chain-superfluous']);
	t.regex(findings[0]?.hint ?? '', /Leave out certificate 3\b/);
	t.deepEqual(findings[0]?.certificates, [3]);
});

test('of two intermediates of one key, the one that leads to a given root counts, where OpenSSL takes it too', t => {
	const other = intermediate({issuer: name('Old Root'), signer: rsa('old root').privateKey});
	const [right, wrong] = [pemOf(certificate(), intermediate(), other), pemOf(certificate(), other, intermediate())];
	t.deepEqual(ids(check(right, root())), ['warning chain-superfluous']);
	t.deepEqual(ids(check(wrong, root())), ['error chain-order']);
	t.deepEqual(ids(check(wrong, oldRoot())), ['warning chain-superfluous']);
});

test('superfluous certificates are named by number, serial number and date', t => {
	const [finding] = check(pemOf(certificate(), rekeyed(), intermediate(), expiredTwin(), oldLeaf()));
	const dayOf = (days: number) => daysFromNow(days).toISOString().slice(0, 10);
	t.is(
		finding?.message,
		"Certificates 2, 4 and 5 are not needed for the chain of the server's certificate: "
			+ `2. CN=Test Intermediate, O=Example, serial number 0E, valid to ${dayOf(3000)}, `
			+ `4. CN=Test Intermediate, O=Example, serial number 0D, valid to ${dayOf(-10)}, `
			+ `5. CN=ts1.example.com, O=Example, serial number 0A, valid to ${dayOf(5)}.`,
	);
	t.deepEqual(finding?.certificates, [2, 4, 5]);
});

test('numbers count repetitions', t => {
	const [superfluous] = check(pemOf(certificate(), certificate(), intermediate(), rekeyed()));
	t.deepEqual(superfluous?.certificates, [4]);
	t.regex(superfluous?.message ?? '', /^Certificate 4 is not needed/);
});

test('a given root is found among others of its name', t => {
	const namesakes = [authority('Test Root', rsa('other')), root({notAfter: daysFromNow(-1)}), root()];
	t.deepEqual(check(pemOf(certificate(), intermediate()), ...namesakes), []);
});
