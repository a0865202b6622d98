// Local files: links and pipes are followed, several pairs are checked in one call, and conversions are written to a folder.
import {mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {tanos, tanosFile} from '../helpers/appliance.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {damagedTexts} from '../certificates/fixtures/damaged-texts.js';
import {chainWith, goodKey, pemOf} from '../certificates/fixtures/files.js';
import {at as now, root} from '../certificates/fixtures/make.js';

const time = ['--at', now.toISOString()];
const check = async (...words: string[]) => tanos(['certificate', 'check', ...words, ...time]);

async function folderWithPair(t: ExecutionContext): Promise<(name: string) => string> {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'SOAPServer.crt'), chainWith());
	await writeFile(path.join(folder, 'SOAPServer.key'), goodKey());
	return name => path.join(folder, name);
}

test('links are followed, as in the live folder of certbot', async t => {
	const at = await folderWithPair(t);
	await mkdir(at('live'));
	await symlink('../SOAPServer.crt', at('live/fullchain.pem'));
	await symlink('../SOAPServer.key', at('live/privkey.pem'));
	t.is((await check(at('live/fullchain.pem'), at('live/privkey.pem'))).exitCode, 0);
	t.is((await check(at('live'))).exitCode, 0);
});

test('- is standard input, once', async t => {
	const at = await folderWithPair(t);
	const words = ['certificate', 'check', at('SOAPServer.crt'), '-', ...time];
	t.is((await tanos(words, {input: goodKey()})).exitCode, 0);
	t.is((await check('-', '-')).exitCode, 2);
});

testWith('bash')('a pipe of the shell is read', async t => {
	const at = await folderWithPair(t);
	const program = `'${process.execPath}' '${tanosFile}' certificate check ${time.join(' ')}`;
	const command = `${program} <(cat '${at('SOAPServer.crt')}') '${at('SOAPServer.key')}'`;
	t.regex((await execa('bash', ['-c', command])).stdout, /The pair can be installed\./);
});

testWith('bash')('show follows links, and reads standard input and pipes', async t => {
	const at = await folderWithPair(t);
	await symlink('SOAPServer.crt', at('link.pem'));
	const linked = await tanos(['certificate', 'show', at('link.pem')]);
	t.regex(linked.stdout, /^Certificate\nSubject: +CN=ts1\.example\.com[^]*\n\nChain, certificate 2\n/);
	t.is((await tanos(['certificate', 'show', '-'], {input: chainWith()})).stdout, linked.stdout);
	const command = `'${process.execPath}' '${tanosFile}' certificate show <(cat '${at('SOAPServer.crt')}')`;
	t.is((await execa('bash', ['-c', command])).stdout, linked.stdout);
});

test('show names every block of a file, nothing of a key, and with its line what it could not read', async t => {
	const at = await folderWithPair(t);
	const text = `${goodKey()}${chainWith()}`;
	await writeFile(at('all.pem'), `${text}${chainWith().slice(0, 200)}`);
	const {stdout, exitCode} = await tanos(['certificate', 'show', at('all.pem')]);
	t.is(exitCode, 1);
	t.regex(stdout, /^Private key \(PRIVATE KEY, line 1\), RSA 2048\. Nothing of it is shown\.\n\nCertificate\n/);
	t.true(stdout.includes(`\n\nNot read (CERTIFICATE, line ${text.split('\n').length}): its END line is missing`), stdout);
	t.false(
		goodKey()
			.split('\n')
			.some(line => line.length > 20 && stdout.includes(line)),
	);
	const {certificate, chain, blocks} = JSON.parse((await tanos(['certificate', 'show', at('all.pem'), '--json'])).stdout) as Record<
		string,
		unknown[]
	>;
	t.like({certificate, chain}, {certificate: {commonName: 'ts1.example.com'}, chain: [{commonName: 'Test Intermediate'}]});
	t.like(blocks, [{kind: 'private-key', line: 1}, {kind: 'certificate'}, {kind: 'certificate'}, {kind: 'unread'}]);
});

test('words about a missing file are about this machine', async t => {
	const at = await folderWithPair(t);
	const {stdout, exitCode} = await check(at('none.crt'), at('SOAPServer.key'));
	t.is(exitCode, 1);
	t.regex(stdout, /There is no file none\.crt/);
	t.notRegex(stdout, /incoming|SFTP/);
});

test('several pairs and folders are checked in one call', async t => {
	const at = await folderWithPair(t);
	await mkdir(at('empty'));
	const good = [at('SOAPServer.crt'), at('SOAPServer.key')];
	t.is((await check(...good, at('.'))).exitCode, 0);
	const {stdout, exitCode} = await check(...good, at('empty'), '--json');
	t.is(exitCode, 1);
	t.like(JSON.parse(stdout), {ok: false, pairs: [{ok: true, files: {certificate: good[0]}}, {ok: false}]});
	t.regex((await check(...good, good[0]!)).stderr, /KEY is missing/);
});

test('--host takes lists, and refuses what is no host', async t => {
	const at = await folderWithPair(t);
	const pair = [at('SOAPServer.crt'), at('SOAPServer.key')];
	t.is((await check(...pair, '--host', 'ts1.example.com, ts2.example.com')).exitCode, 0);
	for (const host of ['https://ts1.example.com:443/', 'ts1.example.com:443', '', 'ts1.example.com,', '*.example.com', 'a b']) {
		const {exitCode, stderr} = await check(...pair, `--host=${host}`);
		t.is(exitCode, 2, host);
		t.regex(stderr, host.includes('ts1.example.com:') ? /Did you mean --host ts1\.example\.com\?/ : /must be the name or the IP address/);
	}
});

test('--ca takes DER and UTF-16, and says when it holds no root', async t => {
	const at = await folderWithPair(t);
	const pair = [at('SOAPServer.crt'), at('SOAPServer.key')];
	for (const bytes of [root(), Buffer.from(`\u{FEFF}${pemOf(root())}`, 'utf16le'), Buffer.from(pemOf(root()))]) {
		await writeFile(at('ca'), bytes);
		t.is((await check(...pair, '--ca', at('ca'))).exitCode, 0);
	}

	t.regex((await check(...pair, '--ca', at('SOAPServer.crt'))).stdout, /warning anchor-not-root .* is no root/);
	t.regex((await check(...pair, '--ca', at('SOAPServer.key'))).stderr, /holds no certificate/);
});

test('a conversion is written to a folder, and never over a file', async t => {
	const at = await folderWithPair(t);
	const {damage} = damagedTexts[0]!;
	await writeFile(at('damaged.crt'), damage(chainWith()));
	const words = ['certificate', 'convert', at('damaged.crt'), at('SOAPServer.key'), '--out', at('new')];
	t.is((await tanos(words)).exitCode, 0);
	t.is((await check(at('new'))).exitCode, 0);
	const before = await readFile(at('new/SOAPServer.key'));
	const again = await tanos(words);
	t.is(again.exitCode, 1);
	t.regex(again.stderr, /It is not overwritten/);
	t.deepEqual(await readFile(at('new/SOAPServer.key')), before);
});

test('a passphrase is a line of standard input, and a key alone is converted', async t => {
	const at = await folderWithPair(t);
	const locked = damagedTexts[0]!.damage(goodKey());
	await writeFile(at('only.key'), locked);
	t.is((await tanos(['certificate', 'convert', at('only.key'), '--out', at('new')])).exitCode, 0);
	t.deepEqual(await readdir(at('new')), ['SOAPServer.key']);
	t.is((await check(at('SOAPServer.crt'), at('new/SOAPServer.key'))).exitCode, 0);
	const nothing = await tanos(['certificate', 'convert', at('SOAPServer.crt'), at('SOAPServer.key'), '--out', at('other')]);
	t.is(nothing.exitCode, 1);
	t.regex(nothing.stderr, /No conversion applies to these files/);
});

test('a request alone is checked for what a certificate made from it would lack', async t => {
	const at = await folderWithPair(t);
	const {request} = await makeRequest(subjectOf(['ts1.example.com']), {days: 1});
	await writeFile(at('SOAPServer.csr'), request);
	const good = await check(at('SOAPServer.csr'), '--host', 'ts1.example.com');
	t.is(good.stdout, 'A certificate that has what this request asks for can be installed.');
	t.is(good.exitCode, 0);
	const lacking = await check(at('SOAPServer.csr'), '--host', 'ts1.example.com,ts2.example.com', '--json');
	t.is(lacking.exitCode, 1);
	t.like(JSON.parse(lacking.stdout), {ok: false, findings: [{id: 'san-host', severity: 'error'}]});
});
