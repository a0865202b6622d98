// A hint with a command is a promise: the command is run as it is written, and what it makes is accepted.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import type {FindingId} from '../../src/certificates/check.js';
import type {Program} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';
import {context, integer, oid, pem, sequence, set} from './fixtures/der.js';
import {certificateName, chainWith, goodKey, keyName, pemOf} from './fixtures/files.js';
import {pkcs1, rsa} from './fixtures/keys.js';
import {certificate, intermediate} from './fixtures/make.js';
import {checkFiles, commandIn, fixedFile, folderFor, runPrinted} from './printed-commands.js';

type Mend = {
	what: string;
	id: FindingId;
	/** What the command needs beside coreutils. */ program?: Program;
	certificate?: () => string | Buffer;
	key?: () => string | Buffer;
};

const der = (type: 'pkcs1' | 'pkcs8'): Buffer => rsa('leaf').privateKey.export({type, format: 'der'});
const pkcs7 = (): Buffer =>
	sequence(
		oid('1.2.840.113549.1.7.2'),
		context(0, sequence(integer(1), set(), sequence(oid('1.2.840.113549.1.7.1')), context(0, certificate(), intermediate()), set())),
	);
const fixes: Mend[] = [
	{what: 'a DER certificate', id: 'cert-der', program: 'openssl', certificate: () => certificate()},
	{what: 'a PKCS#7 bundle', id: 'cert-pkcs7', program: 'openssl', certificate: () => pem('PKCS7', pkcs7())},
	{
		what: 'a trusted certificate',
		id: 'cert-trusted-label',
		program: 'openssl',
		certificate: () => pem('TRUSTED CERTIFICATE', Buffer.concat([certificate(), sequence()])),
	},
	{what: 'an old label', id: 'old-label', program: 'sed', certificate: () => chainWith().replaceAll('CERTIFICATE', 'X509 CERTIFICATE')},
	{what: 'a byte order mark', id: 'bom', program: 'sed', certificate: () => `\u{FEFF}${chainWith()}`},
	{what: 'indentation', id: 'indented', program: 'sed', certificate: () => chainWith().replaceAll(/^(?=.)/gm, '\t ')},
	{what: 'line ends of CR alone', id: 'cr-only-line-ends', certificate: () => chainWith().replaceAll('\n', '\r')},
	{
		what: 'escaped line ends',
		id: 'cert-escaped-newlines',
		program: 'sed',
		certificate: () => `"${chainWith().replaceAll('\n', String.raw`\r\n`)}"`,
	},
	{what: 'joined lines', id: 'cert-parse', program: 'sed', certificate: () => chainWith().replace('-----\n-----', '----------')},
	{what: 'UTF-16 with a mark', id: 'cert-utf16', program: 'iconv', certificate: () => Buffer.from(`\u{FEFF}${chainWith()}`, 'utf16le')},
	{what: 'UTF-16 without a mark', id: 'cert-utf16', program: 'iconv', certificate: () => Buffer.from(chainWith(), 'utf16le').swap16()},
	{what: 'a PKCS#1 key in DER', id: 'key-der', program: 'openssl', key: () => der('pkcs1')},
	{what: 'a PKCS#8 key in DER', id: 'key-der', program: 'openssl', key: () => der('pkcs8')},
	{what: 'a UTF-16 key', id: 'key-utf16', program: 'iconv', key: () => Buffer.from(goodKey(), 'utf16le')},
	{what: 'a label that disagrees', id: 'key-label', program: 'sed', key: () => goodKey().replaceAll('PRIVATE', 'RSA PRIVATE')},
	{what: 'a label that OpenSSL refuses', id: 'key-parse', program: 'sed', key: () => pkcs1(rsa('leaf').privateKey).replaceAll('RSA ', '')},
];

for (const {what, id, program, certificate: broken = chainWith, key = goodKey} of fixes) {
	testWith(...(program ? [program] : []))(`the command for ${what} makes a pair that is accepted`, async t => {
		const folder = await folderFor(t, broken(), key());
		const finding = checkFiles(broken(), key()).find(found => found.id === id);
		await runPrinted(folder, commandIn(finding?.hint ?? ''));
		t.deepEqual(await Promise.all([certificateName, keyName].map(async name => readFile(path.join(folder, name)))), [
			Buffer.from(broken()),
			Buffer.from(key()),
		]);
		await t.throwsAsync(runPrinted(folder, commandIn(finding?.hint ?? '')), undefined, 'it writes over the file that it made before');
		const fixed = await Promise.all([certificateName, keyName].map(async name => fixedFile(folder, name)));
		t.deepEqual(
			checkFiles(...(fixed as [Buffer, Buffer])).filter(({severity, id: found}) => severity === 'error' || found === id),
			[],
		);
	});
}

testWith('openssl', 'ssh-keygen')("a key with a passphrase, and one in OpenSSH's format, are fixed by the commands too", async t => {
	const folder = await folderFor(
		t,
		chainWith(),
		rsa('leaf').privateKey.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'four'}),
	);
	await execa('openssl', ['pkey', '-in', keyName, '-passin', 'stdin', '-out', `${keyName}.pem`], {cwd: folder, input: 'four\n'});
	t.deepEqual(checkFiles(chainWith(), await fixedFile(folder, keyName)), []);

	await writeFile(path.join(folder, 'ssh.key'), goodKey(), {mode: 0o600});
	await execa('ssh-keygen', ['-p', '-N', '', '-f', 'ssh.key'], {cwd: folder});
	const [finding] = checkFiles(chainWith(), await readFile(path.join(folder, 'ssh.key')));
	t.is(finding?.id, 'key-openssh');
	await runPrinted(folder, commandIn(finding?.hint ?? '').replaceAll(keyName, 'ssh.key'));
	t.deepEqual(checkFiles(chainWith(), await readFile(path.join(folder, 'ssh.key.pem'))), []);
});

const locked: Record<string, {made: string[]; says: RegExp}> = {
	AES: {made: ['rsa', '-aes128', '-traditional'], says: /openssl pkey -in/},
	'DES in a header': {
		made: ['rsa', '-des', '-traditional', '-provider', 'legacy', '-provider', 'default'],
		says: /-provider legacy /,
	},
	'DES in PKCS#8': {
		made: ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', '-provider', 'legacy', '-provider', 'default'],
		says: /-provider legacy /,
	},
	'AES in DER': {made: ['pkcs8', '-topk8', '-outform', 'DER'], says: /openssl pkey -inform DER/},
};

for (const [what, {made, says}] of Object.entries(locked)) {
	testWith('openssl')(`the command for a key with a passphrase and ${what}`, async t => {
		const folder = await folderFor(t, chainWith(), goodKey());
		await execa('openssl', [...made, '-in', keyName, '-passout', 'pass:four', '-out', 'locked'], {cwd: folder});
		const finding = checkFiles(chainWith(), await readFile(path.join(folder, 'locked'))).find(({id}) => id === 'key-encrypted');
		t.regex(finding!.hint, says);
		await runPrinted(folder, commandIn(finding!.hint).replaceAll(keyName, 'locked').replace(' > ', ' -passin pass:four > '));
		t.deepEqual(checkFiles(chainWith(), await readFile(path.join(folder, 'locked.pem'))), []);
	});
}

for (const words of [[], ['-legacy']]) {
	testWith('openssl')(`the command for a PKCS#12 bundle, made with ${words.join(' ') || 'no option'}`, async t => {
		const folder = await folderFor(t, chainWith(), goodKey());
		const made = ['pkcs12', '-export', ...words, '-in', certificateName, '-inkey', keyName, '-passout', 'pass:x', '-out', 'both.p12'];
		await execa('openssl', made, {cwd: folder});
		const [finding] = checkFiles(await readFile(path.join(folder, 'both.p12')), goodKey());
		t.is(finding!.hint.includes('-legacy'), words.length > 0);
		await runPrinted(folder, commandIn(finding!.hint).replaceAll(certificateName, 'both.p12').replaceAll(' > ', ' -passin pass:x > '));
		const [file, key] = await Promise.all(['both.p12.pem', 'both.p12.key.pem'].map(async name => readFile(path.join(folder, name))));
		t.deepEqual(
			checkFiles(file!, key!).map(({id}) => id),
			['leading-text', 'leading-text'],
		);
	});
}

testWith('openssl')('PKCS#12 made by OpenSSL is recognised, and its parts are accepted', async t => {
	const folder = await folderFor(t, pemOf(certificate(), intermediate()), goodKey());
	await execa('openssl', ['pkcs12', '-export', '-in', certificateName, '-inkey', keyName, '-passout', 'pass:x', '-out', 'both.p12'], {
		cwd: folder,
	});
	t.deepEqual(
		checkFiles(await readFile(path.join(folder, 'both.p12')), goodKey()).map(({id}) => id),
		['cert-pkcs12'],
	);
	await execa('openssl', ['pkcs12', '-in', 'both.p12', '-nokeys', '-passin', 'pass:x', '-out', 'certificate.pem'], {cwd: folder});
	await execa('openssl', ['pkcs12', '-in', 'both.p12', '-nocerts', '-nodes', '-passin', 'pass:x', '-out', 'key.pem'], {cwd: folder});
	const findings = checkFiles(await readFile(path.join(folder, 'certificate.pem')), await readFile(path.join(folder, 'key.pem')));
	t.deepEqual(
		findings.map(({id}) => id),
		['leading-text', 'leading-text'],
	);
});
