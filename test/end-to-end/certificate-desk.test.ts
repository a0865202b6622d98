// The desk with tools that nobody here wrote: openssl reads what is made here, signs it, and looks at what is served; curl
// trusts the lab.
import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {makeAppliance, playTape, putIncoming, tanos} from '../helpers/appliance.js';
import {fingerprint, makeCa, opensslIn, presented} from '../helpers/enterprise-ca.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

testWith('openssl')('a request is signed by an openssl CA, checked, installed and served', async t => {
	const appliance = await makeAppliance(t);
	const {workFolder, ports} = appliance;
	const out = path.join(workFolder, 'SOAPServer');
	const made = await tanos([
		'certificate',
		'request',
		'--hostname',
		'ts1.example.com,localhost',
		'--organization',
		'Example, Inc.',
		'--out',
		out,
	]);
	t.is(made.exitCode, 0, made.stderr);
	t.regex(await opensslIn(workFolder, 'req -in SOAPServer.csr -verify -noout -subject'), /O = "Example, Inc\.", CN = ts1\.example\.com/);
	t.is((await stat(`${out}.key`)).mode & 0o777, 0o600);

	const ca = await makeCa(workFolder);
	await opensslIn(
		workFolder,
		'x509 -req -in SOAPServer.csr -CA ca.crt -CAkey ca.key -days 300 -sha256 -copy_extensions copyall -out signed.crt',
	);
	await writeFile(
		path.join(workFolder, 'SOAPServer.crt'),
		(await readFile(path.join(workFolder, 'signed.crt'), 'utf8')) + (await readFile(ca, 'utf8')),
	);
	const checked = await tanos(['certificate', 'check', `${out}.crt`, `${out}.key`, '--host', 'ts1.example.com', '--ca', ca, '--json']);
	t.deepEqual((JSON.parse(checked.stdout) as {ok: boolean; findings: unknown[]}).findings, []);

	await putIncoming(appliance, workFolder);
	await playTape(appliance, 'main-job');
	t.deepEqual(await presented(workFolder, ports.console, ca), {
		fingerprint: await fingerprint(workFolder, 'SOAPServer.crt'),
		verdict: '0 (ok)',
	});
	const shown = await tanos(['certificate', 'show', `localhost:${ports.console}`, '--json']);
	const {certificate, chain} = JSON.parse(shown.stdout) as {certificate: {fingerprint: string}; chain: unknown[]};
	t.is(certificate.fingerprint, await fingerprint(workFolder, 'SOAPServer.crt'));
	t.is(chain.length, 1);
});

testWith('curl')('with the lab CA the whole procedure needs no other CA: curl trusts its root', async t => {
	const appliance = await makeAppliance(t);
	const {workFolder, ports, root} = appliance;
	const out = path.join(workFolder, 'SOAPServer');
	await tanos(['certificate', 'request', '--hostname', 'ts1.example.com', '--hostname', 'localhost', '--out', `${out}-own`]);
	const signed = await tanos(['certificate', 'sign', `${out}-own.csr`, '--lab', '--root', root]);
	t.is(signed.exitCode, 0, signed.stderr);
	await writeFile(`${out}.crt`, signed.stdout);
	await writeFile(`${out}.key`, await readFile(`${out}-own.key`));
	await putIncoming(appliance, workFolder);
	await playTape(appliance, 'main-job');
	const lab = signed.stderr.trim().split('\n').at(-1)!.trim();
	const {stdout} = await execa('curl', ['-s', '--cacert', lab, `https://localhost:${ports.console}/`]);
	t.regex(stdout, /<!doctype html>/);
	t.regex(
		(await tanos(['certificate', 'sign', `${out}-own.csr`, '--root', root])).stderr,
		/--lab is missing\. Confirms that the certificate is for testing/,
	);
});

test('no file is overwritten, and a refused command writes nothing', async t => {
	const folder = await temporaryFolder(t);
	for (const ending of ['key', 'csr', 'crt']) {
		const out = path.join(folder, ending, 'SOAPServer');
		await tanos(['certificate', 'request', '--hostname', 'ts1.example.com', '--out', out]);
		const files = ['key', 'csr', 'crt'].filter(other => other !== ending).map(other => `${out}.${other}`);
		await execa('rm', files);
		const before = await readFile(`${out}.${ending}`);
		const again = await tanos(['certificate', 'request', '--hostname', 'ts1.example.com', '--out', out]);
		t.is(again.exitCode, 1);
		t.regex(again.stderr, new RegExp(`SOAPServer\\.${ending} already exists`));
		t.deepEqual(await readFile(`${out}.${ending}`), before);
		t.deepEqual(await readdir(path.dirname(out)), [`SOAPServer.${ending}`]);
	}

	for (const words of [
		['--hostname', '*.example.com'],
		['--hostname', 'ts1.example.com', '--country', 'USA'],
		['--hostname', 'ts1.example.com', '--days', '0'],
		[],
	]) {
		const {exitCode} = await tanos(['certificate', 'request', ...words, '--out', path.join(folder, 'refused', 'SOAPServer')]);
		t.true(exitCode === 1 || exitCode === 2, words.join(' '));
	}

	t.false((await readdir(folder)).includes('refused'));
});

test('missing and wrong arguments are reported', async t => {
	const folder = await temporaryFolder(t);
	await writeFile(path.join(folder, 'text'), 'text');
	for (const [words, code, says] of [
		[['certificate'], 2, /check, convert, explain, request, show, sign/],
		[['certificate', 'renew'], 2, /no command certificate renew/],
		[['certificate', 'show'], 2, /FILE\|HOST:PORT/],
		[['certificate', 'show', path.join(folder, 'text')], 1, /neither a certificate nor a request/],
		[['certificate', 'show', path.join(folder, 'none')], 1, /no such file/],
		[['certificate', 'show', 'localhost:1'], 1, /connection refused/],
		[['certificate', 'show', 'localhost:70000'], 2, /port 70000 is not valid/],
		[['certificate', 'sign', path.join(folder, 'text'), '--lab', '--root', folder], 1, /no appliance/],
		[['report', 'nothing'], 2, /no command report nothing/],
	] as const) {
		const {exitCode, stderr, stdout} = await tanos([...words]);
		t.is(exitCode, code, words.join(' '));
		t.regex(stderr, says);
		t.is(stdout, '');
	}
});

test('the report shows how long the certificate is valid', async t => {
	const {root} = await makeAppliance(t);
	const {stdout} = await tanos(['report', 'info', '--root', root]);
	t.regex(
		stdout,
		new RegExp(
			[
				String.raw`^Serial Number: +SBX-[\dA-F]{8}`,
				String.raw`Name: +ts1\.example\.com`,
				String.raw`TanOS Version: +tanos-console [\d.]+`,
				'Role: +All-in-One',
				'TaniumServer: +running',
				String.raw`SOAP Certificate: +valid to [\d-]+ \(364 days left\)$`,
			].join('\n'),
		),
	);
	const report = JSON.parse((await tanos(['report', 'info', 'json', '--root', root])).stdout) as {certificate: {daysLeft: number}};
	t.is(report.certificate.daysLeft, 364);
});
