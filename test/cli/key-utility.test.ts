// `tanos KeyUtility selfsign`: the command line of the document as it stands, and what openssl says of its files.
import {readdir, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import plain, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {tanosFile} from '../helpers/appliance.js';
import {opensslIn} from '../helpers/enterprise-ca.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

const test = testWith('openssl');

async function inFolder(t: ExecutionContext) {
	const folder = await temporaryFolder(t);
	const run = async (...words: string[]) => execa(process.execPath, [tanosFile, ...words], {cwd: folder, reject: false, input: ''});
	return {folder, run};
}

for (const program of ['KeyUtility', 'keyutility', 'KEYUTILITY.EXE', 'KeyUtility.exe']) {
	test(`${program} selfsign --export-csr writes the key, the request and the self-signed certificate`, async t => {
		const {folder, run} = await inFolder(t);
		const words = 'selfsign --export-csr --hostname ts1.example.com,ts2.example.com --out temp/SOAPServer'.split(' ');
		const {exitCode, stdout, stderr} = await run(program, ...words);
		t.is(exitCode, 0, stderr);
		t.regex(stdout, /SOAPServer\.csr \(for the CA\)/);
		const made = path.join(folder, 'temp');
		t.deepEqual((await readdir(made)).toSorted(), ['SOAPServer.crt', 'SOAPServer.csr', 'SOAPServer.key']);
		t.is((await stat(path.join(made, 'SOAPServer.key'))).mode & 0o777, 0o600);
		const request = await opensslIn(made, 'req -in SOAPServer.csr -noout -text -verify');
		t.regex(request, /DNS:ts1\.example\.com, DNS:ts2\.example\.com/);
		const keys = await Promise.all(
			['pkey -in SOAPServer.key -pubout', 'req -in SOAPServer.csr -noout -pubkey', 'x509 -in SOAPServer.crt -noout -pubkey'].map(
				async asked => opensslIn(made, asked),
			),
		);
		t.is(new Set(keys).size, 1);
	});
}

test('without --export-csr there is no request', async t => {
	const {folder, run} = await inFolder(t);
	await writeFile(path.join(folder, 'ssl.csr'), 'of somebody else');
	const {exitCode, stdout} = await run('KeyUtility', 'selfsign', '--hostname', 'ms1.example.com', '--out', 'ssl', '--json');
	t.is(exitCode, 0);
	t.deepEqual((await readdir(folder)).toSorted(), ['ssl.crt', 'ssl.csr', 'ssl.key']);
	const {key, certificate, request} = JSON.parse(stdout) as Record<string, string>;
	t.deepEqual(
		[key, certificate, request].map(file => file && path.basename(file)),
		['ssl.key', 'ssl.crt', undefined],
	);
	t.regex(await opensslIn(folder, 'verify -CAfile ssl.crt ssl.crt'), /OK/);
});

for (const [out, shown] of [
	[String.raw`C:\temp\SOAPServer`, 'temp/SOAPServer'],
	[String.raw`d:\Program Files\Tanium\new keys\ssl`, "'new keys/ssl'"],
	['C:tempSOAPServer', 'new/SOAPServer'],
	['C:tempssl', 'new/ssl'],
	['C:/temp/SOAPServer', 'temp/SOAPServer'],
	[`${String.raw`C:\temp`}\\`, 'temp/SOAPServer'],
	[String.raw`.\SOAPServer`, 'new/SOAPServer'],
	[String.raw`\\files\share\ssl`, 'share/ssl'],
] as const) {
	plain(`a path of Windows is refused: ${out}`, async t => {
		const {folder, run} = await inFolder(t);
		for (const words of [
			['KeyUtility', 'selfsign', '--export-csr'],
			['certificate', 'request'],
		]) {
			const {exitCode, stderr} = await run(...words, '--hostname', 'ts1.example.com', '--out', out);
			t.is(exitCode, 2);
			t.true(stderr.startsWith(`tanos: --out ${out} is a path of Windows.`), stderr);
			t.true(stderr.includes(`\nUse a path of this machine: --out ${shown}\n`), stderr);
		}

		t.deepEqual(await readdir(folder), []);
	});
}

plain('help knows the program in either case, and a mistyped word is answered with a suggestion', async t => {
	const {run} = await inFolder(t);
	const [help, option] = [await run('help', 'keyutility.exe', 'selfsign'), await run('KEYUTILITY', 'selfsign', '-h')];
	t.is(help.stdout, option.stdout);
	t.regex(help.stdout, /^tanos KeyUtility selfsign: /);
	const alone = await run('keyutility');
	t.is(alone.exitCode, 2);
	t.regex(alone.stderr, /KeyUtility needs one more word: selfsign/);
	const other = await run('UPLOAD', 'a', 'b');
	t.is(other.exitCode, 2);
	t.regex(other.stderr, /There is no command UPLOAD/);
});
