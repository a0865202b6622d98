// What the verdict depends on besides the two files: the hosts, the clock, the roots, the keys that are known.
import test from 'ava';
import {checkPair, type CheckOptions, type CheckResult} from '../../src/certificates/check.js';
import {fingerprintOf} from '../../src/certificates/parse/pem.js';
import {Problem} from '../../src/problem.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded, type Content} from './fixtures/files.js';
import {rsa, spki} from './fixtures/keys.js';
import {at, authority, certificate, daysFromNow, dns, intermediate, ip, name, root, san, type Options} from './fixtures/make.js';

const check = (file: Content, options: Partial<CheckOptions> = {}, key: Content = goodKey()): CheckResult =>
	checkPair(uploaded(certificateName, file), uploaded(keyName, key), {hosts: ['ts1.example.com', 'ts2.example.com'], at, ...options});
const ids = ({findings}: CheckResult): string[] => findings.map(({severity, id}) => `${severity} ${id}`).sort();
const named = (cn: string, ...entries: Buffer[]): string => chainWith({subject: name(cn), extensions: {san: san(...entries)}});
const withoutSan = (options: Options = {}): string => chainWith({...options, extensions: {san: undefined}});

test("an accepted pair comes with its exact bytes and with the chain, the server's certificate first", t => {
	const text = `${chainWith()}\n`;
	const {pair, ok} = check(text);
	t.true(ok);
	t.is(pair?.certificate.toString(), text);
	t.is(pair?.key.toString(), goodKey());
	t.deepEqual(pair?.chain, [certificate(), intermediate()]);
});

test('a refused pair is described, but not returned', t => {
	const result = check(chainWith({notAfter: daysFromNow(-1)}));
	t.is(result.pair, undefined);
	t.is(result.certificate?.commonName, 'ts1.example.com');
	t.is(result.certificate?.daysLeft, -1);
	t.deepEqual(
		result.chain?.map(({commonName}) => commonName),
		['ts1.example.com', 'Test Intermediate'],
	);
	t.deepEqual({...result.key, publicKeyFingerprint: undefined}, {type: 'RSA 2048', format: 'PKCS#8', publicKeyFingerprint: undefined});
	t.is(result.key?.publicKeyFingerprint, result.certificate?.publicKeyFingerprint);
});

test('errors come before warnings, and each names its file', t => {
	const {findings} = check(`text\n${chainWith({notAfter: daysFromNow(-1)})}`, {}, `text\n${goodKey()}`);
	t.deepEqual(
		findings.map(({severity, id, file}) => [severity, id, file]),
		[
			['error', 'expired', certificateName],
			['warning', 'leading-text', certificateName],
			['warning', 'leading-text', keyName],
		],
	);
});

test("without required hosts only the certificate's own names are checked", t => {
	t.deepEqual(ids(check(chainWith(), {hosts: []})), []);
	t.deepEqual(ids(check(withoutSan(), {hosts: []})), ['warning san-missing']);
});

test('a certificate that servers trust by a copy may be self-signed, without a chain and of any length; all else is the same', t => {
	const long = pemOf(certificate({notAfter: daysFromNow(1000)}));
	t.deepEqual(ids(check(long)), ['warning chain-missing', 'warning long-validity']);
	t.deepEqual(ids(check(long, {verifiers: 'servers'})), []);
	t.deepEqual(ids(check(long, {verifiers: 'servers', hosts: ['tms1.example.com']})), ['error san-host']);
	const selfSigned = pemOf(certificate({issuer: name('ts1.example.com'), signer: rsa('leaf').privateKey}));
	t.true(ids(check(selfSigned)).includes('warning self-signed'));
	t.false(ids(check(selfSigned, {verifiers: 'servers'})).includes('warning self-signed'));
});

test('a missing SAN is accepted only when the common name is the only server', t => {
	t.deepEqual(ids(check(withoutSan(), {hosts: ['ts1.example.com']})), ['warning san-missing']);
	t.deepEqual(ids(check(withoutSan(), {hosts: ['TS1.example.com', 'ts1.example.com.']})), ['warning san-missing']);
	t.deepEqual(ids(check(withoutSan(), {hosts: ['ts2.example.com']})), ['error san-missing']);
	t.deepEqual(ids(check(withoutSan(), {hosts: ['ts1.example.com', 'ts2.example.com']})), ['error san-missing']);
});

test('hosts are compared without regard to case, final dot or spelling', t => {
	t.deepEqual(ids(check(chainWith(), {hosts: ['TS1.EXAMPLE.COM.', 'Ts2.Example.com']})), []);
	const unicode = named('ts1.example.com', ...dns('ts1.example.com', 'xn--mnchen-3ya.example.com'));
	t.deepEqual(ids(check(unicode, {hosts: ['München.example.com', 'xn--mnchen-3ya.example.com']})), []);
});

test("addresses are found among the SAN's addresses only, in whatever form they are asked for", t => {
	const v6 = [0x20, 0x01, 0x0d, 0xb8, ...Array.from({length: 11}, () => 0), 1];
	const file = named('2001:db8::1', ip(...v6), ip(10, 0, 0, 1));
	t.deepEqual(ids(check(file, {hosts: ['2001:DB8:0:0::1', '[2001:db8::1]', '10.0.0.1']})), []);
	t.deepEqual(ids(check(file, {hosts: ['10.0.0.2']})), ['error san-host']);
	t.deepEqual(ids(check(named('10.0.0.1', ...dns('10.0.0.1')), {hosts: ['10.0.0.1']})), [
		'error cn-not-in-san',
		'error san-host',
		'error san-ip-as-dns',
	]);
});

test('a common name that is an IP address is accepted when the SAN has it', t => {
	t.deepEqual(ids(check(named('10.0.0.1', ip(10, 0, 0, 1)), {hosts: ['10.0.0.1']})), []);
	t.deepEqual(ids(check(named('2001:0DB8::1', ip(0x20, 1, 0xd, 0xb8, ...Array.from({length: 11}, () => 0), 1)), {hosts: []})), []);
});

test('the validity is judged at the given time', t => {
	const clock = (days: number): string[] => ids(check(chainWith(), {at: daysFromNow(days)}));
	t.deepEqual(
		[-101, -99, 240, 266].map(days => clock(days)),
		[['error not-yet-valid'], [], ['warning expires-soon'], ['error expired']],
	);
});

test('a certificate that becomes valid within a day has a hint to check the clock', t => {
	const [finding] = check(chainWith({notBefore: daysFromNow(2 / 24)})).findings;
	t.regex(finding?.message ?? '', /in 2 hours/);
	t.regex(finding?.hint ?? '', /clock or the time zone/);
});

test('a chain that ends at a given root is accepted, with the root in the file or without', t => {
	const ca = Buffer.from(pemOf(authority('Unrelated', rsa('other')), root()));
	t.deepEqual(ids(check(chainWith(), {ca})), []);
	t.deepEqual(ids(check(pemOf(certificate(), intermediate(), root()), {ca})), []);
	t.deepEqual(ids(check(pemOf(certificate()), {ca: Buffer.from(pemOf(intermediate(), root()))})), []);
});

test('a given CA that is no root is enough, with a warning that names the root', t => {
	const [finding, ...others] = check(pemOf(certificate()), {ca: Buffer.from(pemOf(intermediate()))}).findings;
	t.deepEqual([finding?.id, finding?.severity, others], ['anchor-not-root', 'warning', []]);
	t.regex(finding?.hint ?? '', /self-signed root .*Test Root/);
});

test('a chain that does not end at a given root is refused', t => {
	const stranger = Buffer.from(pemOf(authority('Unrelated', rsa('other'))));
	t.deepEqual(ids(check(chainWith(), {ca: stranger})), ['error chain-broken']);
	t.deepEqual(ids(check(pemOf(certificate()), {ca: Buffer.from(pemOf(root()))})), ['error chain-broken', 'warning chain-missing']);
	t.deepEqual(ids(check(chainWith(), {ca: Buffer.from(pemOf(authority('Test Root', rsa('other'))))})), ['error chain-signature']);
	t.deepEqual(ids(check(chainWith(), {ca: Buffer.from(pemOf(root({notAfter: daysFromNow(-1)})))})), ['error chain-expired']);
	const selfSigned = pemOf(certificate({issuer: name('ts1.example.com'), signer: rsa('leaf').privateKey}));
	t.deepEqual(ids(check(selfSigned, {ca: stranger})), ['error chain-broken', 'warning self-signed']);
	t.deepEqual(ids(check(selfSigned, {ca: Buffer.from(selfSigned)})), ['warning self-signed']);
});

test('unreadable roots throw a Problem', t => {
	t.throws(() => check(chainWith(), {ca: Buffer.from('no roots here')}), {instanceOf: Problem});
	t.throws(() => check(chainWith(), {ca: Buffer.from(pemOf(root()).slice(0, -40))}), {instanceOf: Problem});
});

test('a key that does not match is reported with both public keys, and with the saved key that matches', t => {
	const file = chainWith({key: rsa('older').publicKey});
	const wanted = check(file).certificate?.publicKeyFingerprint ?? '';
	const savedKeys = [{name: 'request of 2039-10-01', publicKeyFingerprint: wanted}];
	const [finding] = check(file, {savedKeys}).findings;
	t.is(finding?.id, 'key-mismatch');
	t.true(finding?.message.includes(wanted));
	t.regex(finding?.hint ?? '', /request of 2039-10-01/);
	t.notRegex(check(file).findings[0]?.hint ?? '', /request of 2039/);
});

test('names that the installed certificate has and the new one lacks are a warning, in any case and form', t => {
	const installed = {fingerprint: 'another', publicKeyFingerprint: 'another'};
	const names = ['TS1.example.com', 'ts2.example.com.', 'old.example.com', '10.0.0.5'];
	const {ok, findings} = check(chainWith(), {installed: {...installed, names}});
	t.true(ok);
	t.deepEqual(
		findings.map(({id, severity}) => [id, severity]),
		[['names-lost', 'warning']],
	);
	t.regex(findings[0]!.message, /lacks: old\.example\.com, 10\.0\.0\.5\.$/);
	t.deepEqual(ids(check(chainWith(), {installed: {...installed, names: names.slice(0, 2)}})), []);
	t.deepEqual(ids(check(chainWith(), {installed: {...installed, names: ['old.example.com']}, hosts: ['old.example.com']})), [
		'error san-host',
	]);
});

test('a new certificate for the installed key is accepted with a warning', t => {
	const publicKeyFingerprint = fingerprintOf(spki(rsa('leaf').publicKey));
	t.deepEqual(ids(check(chainWith(), {installed: {fingerprint: 'another', publicKeyFingerprint}})), ['warning key-reused']);
	t.deepEqual(ids(check(chainWith(), {installed: {fingerprint: fingerprintOf(certificate()), publicKeyFingerprint}})), []);
	t.deepEqual(ids(check(chainWith(), {installed: {fingerprint: 'another', publicKeyFingerprint: 'another'}})), []);
});

test('names from a folder and from a file are sanitised in messages', t => {
	const {findings} = check({name: certificateName, state: 'missing', others: ['a\u{1B}[2J\nb', 'soapserver.crt']});
	t.regex(findings[0]?.message ?? '', /a\\x1b\[2J\\x0ab/);
	t.regex(findings[0]?.hint ?? '', /"soapserver\.crt"\? Names are case-sensitive/);
	const all = JSON.stringify(check(named('\u{1B}[2J', ...dns('\u{1B}[31m'))));
	t.false(all.includes(String.raw`\u001b`));
});

test('a finding about a key shows nothing of the key', t => {
	const lines = goodKey().split('\n').slice(1, -2);
	for (const key of [
		`${goodKey()}${goodKey()}`,
		goodKey().replace('\nM', '\n*M'),
		goodKey().replaceAll('PRIVATE KEY', 'SECRET'),
		goodKey().slice(0, 900),
		lines.join('\n'),
	]) {
		const text = JSON.stringify(check(chainWith(), {}, key));
		t.false(lines.some(line => text.includes(line.slice(0, 24))));
	}
});

test('a SAN entry that is no host name is quoted, and letters beyond ASCII are shown with the form that belongs into the SAN', t => {
	const words = (entry: string) =>
		check(named('ts1.example.com', ...dns('ts1.example.com', Buffer.from(entry).toString('latin1'))))
			.findings.map(({message, hint}) => `${message} ${hint}`)
			.join('\n');
	t.regex(words('ts2.münchen.example'), /It has: ts1\.example\.com, "ts2\.münchen\.example"\./);
	t.regex(words('ts2.münchen.example'), /In the SAN, write ts2\.xn--mnchen-3ya\.example\./);
	t.regex(words('ts2.example.com, ts3.example.com'), /"ts2\.example\.com, ts3\.example\.com"/);
	t.regex(words('DNS:ts2.example.com'), /"DNS:ts2\.example\.com"/);
	t.regex(words('ts2.example.com '), /"ts2\.example\.com "/);
});
