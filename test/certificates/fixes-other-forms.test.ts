// The commands that findings print for files of other programs, for damaged text and for modes, run on the files that they are
// printed for. Where openssl, keytool and puttygen are needed, they have made these files, too.
import {readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {checkPair} from '../../src/certificates/check.js';
import {shellWord} from '../../src/certificates/rules/finding.js';
import {convertPair} from '../../src/certificates/conversion/conversion.js';
import {damagedTexts, rearranged} from './fixtures/damaged-texts.js';
import {certificateName, chainWith, goodKey, keyName, pemOf, uploaded} from './fixtures/files.js';
import {pkcs1, rsa} from './fixtures/keys.js';
import {at, certificate, intermediate} from './fixtures/make.js';
import {checkFiles, commandIn, fixedFile, folderFor, runPrinted} from './printed-commands.js';
import {testWith} from '../helpers/test-with.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];
const secret = 'changeit';

/** Runs the command of the first error of a pair, and checks what it made. `input` answers the questions of the program. */
async function fixed(t: ExecutionContext, folder: string, input = ''): Promise<void> {
	const [file, key] = await Promise.all([certificateName, keyName].map(async name => readFile(path.join(folder, name))));
	const {hint} = checkFiles(file!, key!)[0]!;
	await runPrinted(folder, commandIn(hint), input);
	t.deepEqual(await readFile(path.join(folder, certificateName)), file);
	t.deepEqual(await readFile(path.join(folder, keyName)), key);
	await t.throwsAsync(runPrinted(folder, commandIn(hint), input), undefined, `it writes over a file: ${hint}`);
	const [freshFile, freshKey] = [await fixedFile(folder, certificateName), await fixedFile(folder, keyName)];
	t.deepEqual(
		checkFiles(freshFile, freshKey).filter(({severity}) => severity === 'error'),
		[],
		hint,
	);
}

const lossless = damagedTexts.filter(({isLost}) => !isLost);

for (const {what, damage} of lossless) {
	test(`the command for a certificate ${what} makes a pair that is accepted`, async t => {
		await fixed(t, await folderFor(t, damage(chainWith()), goodKey()));
	});
}

for (const {what, damage} of lossless.filter((_, index) => index % 8 === 0)) {
	test(`the command for a key ${what} makes a pair that is accepted`, async t => {
		await fixed(t, await folderFor(t, chainWith(), damage(goodKey())));
	});
}

for (const [what, file] of Object.entries(rearranged)) {
	testWith('openssl')(`the command for ${what} makes a pair that is accepted`, async t => {
		await fixed(t, await folderFor(t, file(), goodKey()));
	});
}

test('the command for a JSON Web Key makes a pair that is accepted', async t => {
	await fixed(t, await folderFor(t, chainWith(), JSON.stringify(rsa('leaf').privateKey.export({format: 'jwk'}))));
});

test('the command for Base64 of a binary certificate makes a pair that is accepted', async t => {
	await fixed(t, await folderFor(t, certificate().toString('base64'), goodKey()));
});

testWith('openssl')('the command for PKCS#7 in DER makes a pair that is accepted', async t => {
	const folder = await folderFor(t, pemOf(intermediate(), certificate()), goodKey());
	await execa('openssl', ['crl2pkcs7', '-nocrl', '-certfile', certificateName, '-outform', 'DER', '-out', 'p7b'], {cwd: folder});
	await execa('mv', ['p7b', certificateName], {cwd: folder});
	await execa('sh', ['-c', `test "$(head -c 1 ${certificateName})" = 0`], {cwd: folder});
	const {hint} = checkFiles(await readFile(path.join(folder, certificateName)), goodKey())[0]!;
	t.regex(hint, /-inform DER/);
	await runPrinted(folder, commandIn(hint));
	const findings = checkFiles(await fixedFile(folder, certificateName), goodKey());
	t.deepEqual(
		findings.filter(({id, severity}) => severity === 'error' && id !== 'chain-order'),
		[],
	);
});

testWith('openssl')('the command for a PKCS#12 bundle in place of the key takes the key out', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	const made = ['pkcs12', '-export', '-in', certificateName, '-inkey', keyName, '-passout', `pass:${secret}`, '-out', 'both.p12'];
	await execa('openssl', made, {cwd: folder});
	const {hint} = checkFiles(chainWith(), await readFile(path.join(folder, 'both.p12')))[0]!;
	await runPrinted(folder, commandIn(hint).replaceAll(keyName, 'both.p12').replace(' > ', ` -passin pass:${secret} > `));
	t.deepEqual(errorsIn(await readFile(path.join(folder, 'both.p12.pem'))), []);
});

const errorsIn = (key: Buffer) => checkFiles(chainWith(), key).filter(({severity}) => severity === 'error');

const microsoft: Record<string, string[]> = {
	PVK: ['-outform', 'PVK', '-pvk-none'],
	'PVK with a passphrase': ['-provider', 'legacy', '-provider', 'default', '-outform', 'PVK', '-pvk-strong', '-passout', `pass:${secret}`],
	MSBLOB: ['-outform', 'MSBLOB'],
};

for (const [what, words] of Object.entries(microsoft)) {
	testWith('openssl')(`the command for a key in ${what} makes a key that is accepted`, async t => {
		const folder = await folderFor(t, chainWith(), goodKey());
		await execa('openssl', ['rsa', '-in', keyName, ...words, '-out', 'blob'], {cwd: folder});
		const {hint} = checkFiles(chainWith(), await readFile(path.join(folder, 'blob')))[0]!;
		t.is(hint.includes('-provider legacy'), what.includes('passphrase'));
		await runPrinted(folder, commandIn(hint).replaceAll(keyName, 'blob').replace(' > ', ` -passin pass:${secret} > `));
		t.deepEqual(errorsIn(await readFile(path.join(folder, 'blob.pem'))), []);
	});
}

testWith('puttygen')('the command for a PuTTY key makes a key that is accepted', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	await writeFile(path.join(folder, 'plain'), pkcs1(rsa('leaf').privateKey), {mode: 0o600});
	await execa('puttygen', ['plain', '-O', 'private', '-o', keyName], {cwd: folder});
	await fixed(t, folder);
});

testWith('openssl', 'keytool').serial('the command for a Java keystore makes a bundle that is converted', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	const made = ['pkcs12', '-export', '-in', certificateName, '-inkey', keyName, '-passout', `pass:${secret}`, '-out', 'both.p12'];
	await execa('openssl', made, {cwd: folder});
	await execa('rm', [certificateName], {cwd: folder});
	const from = ['-srckeystore', 'both.p12', '-srcstoretype', 'PKCS12', '-srcstorepass', secret];
	const to = ['-destkeystore', certificateName, '-deststoretype', 'JKS', '-deststorepass', secret];
	await execa('keytool', ['-importkeystore', ...from, ...to], {cwd: folder});
	const {hint} = checkFiles(await readFile(path.join(folder, certificateName)), goodKey())[0]!;
	await runPrinted(folder, commandIn(hint), `${secret}\n`.repeat(3));
	const pair = {
		certificate: uploaded(certificateName, await readFile(path.join(folder, `${certificateName}.p12`))),
		key: uploaded(keyName, goodKey()),
	};
	const {findings} = checkPair(pair.certificate, pair.key, {hosts, at});
	t.deepEqual(
		findings.map(({id}) => id),
		['cert-pkcs12'],
	);
	const converted = await convertPair(pair, findings, {cert: secret});
	t.true(checkPair(converted.certificate, converted.key, {hosts, at}).ok);
	await t.throwsAsync(runPrinted(folder, commandIn(hint), `${secret}\n`.repeat(3)), undefined, 'it writes over a file');
});

test('the command for the mode of a key restricts it', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	const name = 'server (1).key';
	await writeFile(path.join(folder, name), goodKey(), {mode: 0o644});
	const key = {...uploaded(name, goodKey()), mode: 0o644} as ReturnType<typeof uploaded>;
	const finding = checkPair(uploaded(certificateName, chainWith()), key, {hosts, at}).findings.find(({id}) => id === 'key-mode');
	await runPrinted(folder, commandIn(finding!.hint));
	t.is((await stat(path.join(folder, name))).mode & 0o777, 0o600);
});

test('the command for a local file that cannot be read lets its owner read it', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	await writeFile(path.join(folder, '-x.key'), goodKey(), {mode: 0o200});
	const key = {name: '-x.key', state: 'unreadable', isLocal: true} as const;
	const finding = checkPair(uploaded(certificateName, chainWith()), key, {hosts, at}).findings.find(({id}) => id === 'key-unreadable');
	await runPrinted(folder, commandIn(finding!.hint));
	t.is((await stat(path.join(folder, '-x.key'))).mode & 0o777, 0o600);
});

testWith('openssl')('the command for a key of the wrong type makes a key and a request, once', async t => {
	const folder = await folderFor(t, chainWith(), goodKey());
	await execa('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec'], {cwd: folder});
	const finding = checkFiles(chainWith(), await readFile(path.join(folder, 'ec'))).find(({id}) => id === 'key-type');
	const command = commandIn(finding!.hint).replace('NAME', 'ts1.example.com');
	await runPrinted(folder, command);
	const {stdout} = await execa('openssl', ['req', '-in', 'new/SOAPServer.csr', '-noout', '-verify', '-text'], {cwd: folder});
	t.regex(stdout, /2048 bit/);
	const key = await readFile(path.join(folder, 'new/SOAPServer.key'));
	await t.throwsAsync(runPrinted(folder, command));
	t.deepEqual(await readFile(path.join(folder, 'new/SOAPServer.key')), key);
});

for (const name of ['server (1).cer', "it's.cer", '-server.cer']) {
	testWith('openssl')(`the command for a file with the name ${name} reads that file`, async t => {
		const folder = await folderFor(t, chainWith(), goodKey());
		await writeFile(path.join(folder, name), certificate());
		const {hint} = checkPair(uploaded(name, certificate()), uploaded(keyName, goodKey()), {hosts, at}).findings[0]!;
		t.true(hint.includes(shellWord(name)));
		await runPrinted(folder, commandIn(hint));
		t.deepEqual(errorsWith(await readFile(path.join(folder, `${name}.pem`))), []);
	});
}

const errorsWith = (file: Buffer) => checkFiles(file, goodKey()).filter(({severity}) => severity === 'error');
