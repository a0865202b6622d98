// Labs: appliances that know each other, registered across appliances by the document's words.
import {copyFile, readFile, readdir} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {makeLab, tanos, type LabMember} from '../helpers/appliance.js';
import {leafOf, temporaryFolder} from '../helpers/sandbox.js';

type Status = {appliances: Array<{name: string; connections: Array<{number: number; to: string; ok: boolean; result: string}>}>};

async function failures(root: string): Promise<string[]> {
	const {stdout} = await tanos(['lab', 'status', '--root', root, '--json']);
	const {appliances} = JSON.parse(stdout) as Status;
	return appliances.flatMap(({name, connections}) =>
		connections.filter(({ok}) => !ok).map(({number, result}) => `${name} ${number} ${result}`),
	);
}

/** Installs a new self-signed pair on a Tanium Server; resolves with its fingerprint. */
async function installNewPair(t: ExecutionContext, {name, root, layout}: LabMember): Promise<string> {
	const stem = path.join(await temporaryFolder(t), 'SOAPServer');
	t.is((await tanos(['certificate', 'request', '--hostname', `${name},localhost`, '--out', stem])).exitCode, 0);
	await copyFile(`${stem}.crt`, path.join(layout.incoming, 'SOAPServer.crt'));
	await copyFile(`${stem}.key`, path.join(layout.incoming, 'SOAPServer.key'));
	const {exitCode, stdout} = await tanos(['soap', 'install', '--root', root], {input: 'YES\nY\n'});
	t.is(exitCode, 0, stdout);
	return fingerprintOf(await leafOf(layout.soapCertificate));
}

async function trusted({layout}: LabMember): Promise<string[]> {
	return certificatesIn(await readFile(layout.trustedTaniumServers)).map(der => fingerprintOf(der));
}

test('active-active: each server proves itself to the others, and a registration replaces the certificate of one server', async t => {
	const {root, members} = await makeLab(t, 'active-active', [
		'--name',
		'A.Example.COM',
		'--name',
		'b.example.com',
		'--name',
		'm.example.com',
	]);
	const [a, b, m] = members as [LabMember, LabMember, LabMember];
	t.deepEqual(
		members.map(({name, role}) => [name, role]),
		[
			['a.example.com', 'tanium-server'],
			['b.example.com', 'tanium-server'],
			['m.example.com', 'module-server'],
		],
	);
	t.deepEqual(Object.keys(a.ports), ['console', 'ssh']);
	t.deepEqual(Object.keys(m.ports), ['moduleServer', 'ssh']);
	t.is(m.passwords.tanium, undefined as unknown as string);
	t.deepEqual(await failures(root), []);

	const [ofA, before] = [fingerprintOf(await leafOf(a.layout.soapCertificate)), await trusted(m)];
	t.is(before.length, 2);
	const fresh = await installNewPair(t, b);
	t.deepEqual(await failures(root), [
		'b.example.com 3 the Module Server does not trust this server',
		'b.example.com 4 our certificate was refused',
		'b.example.com 5 our certificate was refused',
		'b.example.com 6 our certificate was refused',
		'm.example.com 3 trusted.crt lacks its certificate',
		'm.example.com 6 trusted.crt lacks its certificate',
	]);
	const register = async (input: string, ...words: string[]) =>
		tanos(['TaniumModuleServer', 'register', `b.example.com:${b.ports.console}`, ...words, '--root', m.root], {input});

	const other = await register(`tanium\n${b.passwords.tanium}\n`, '--fingerprint', ofA);
	t.is(other.exitCode, 1);
	t.regex(other.stderr, /presents another certificate: SHA-256 /);
	const declined = await register('no\n');
	t.deepEqual(
		[declined.exitCode, declined.stdout.replaceAll(/\s/g, '').includes(fresh), declined.stdout.includes('administrator')],
		[1, true, false],
	);
	const wrong = await register('tanium\nWrong-Password-1\n', '--fingerprint', fresh);
	t.is(wrong.exitCode, 1);
	t.regex(wrong.stderr, /refused the user name or the password/);
	t.deepEqual(await trusted(m), before, 'nothing has changed');

	const done = await register(`tanium\n${b.passwords.tanium}\n`, '--fingerprint', fresh);
	t.is(done.exitCode, 0, done.stderr);
	t.regex(done.stdout, /^Enter administrator username: \nEnter password for user 'tanium': \n[^]*^Successfully completed registration\.$/m);
	t.deepEqual((await trusted(m)).toSorted(), [ofA, fresh].toSorted());
	t.deepEqual(await failures(root), []);

	const again = await register(`tanium\n${b.passwords.tanium}\n`);
	t.is(again.exitCode, 0, 'a certificate that trusted.crt holds needs no confirmation');
	t.false(again.stdout.includes('SHA-256'));
});

test('standalone: commands and words that need the other server say where it is', async t => {
	const {root, members} = await makeLab(t, 'standalone');
	const [ts, tms] = members as [LabMember, LabMember];
	for (const words of [
		['soap', 'status'],
		['soap', 'install'],
		['show', 'fingerprint', 'soap'],
	]) {
		const {exitCode, stderr} = await tanos([...words, '--root', tms.root]);
		t.is(exitCode, 1);
		t.regex(stderr, /is for an appliance with a Tanium Server\.\nThis one is a Tanium Module Server\./);
	}

	t.regex(
		(await tanos(['soap', 'register', '--root', ts.root])).stderr,
		/on another appliance\.\nTo register it: on the Module Server, 2-M, or TaniumModuleServer register ts1\.example\.com:8443\./,
	);
	t.regex((await tanos(['soap', 'register', '--root', tms.root])).stderr, /TaniumModuleServer register HOST/);
	t.is((await tanos(['soap', 'status', '--root', ts.root])).exitCode, 0);
	t.regex((await tanos(['report', 'info', '--root', tms.root])).stdout, /TaniumModuleServer: +running/);
	t.regex((await tanos(['service', 'list', '--root', tms.root])).stdout, /^taniummoduleserver +running[^\n]*\npatch +running[^\n]*$/);

	await tanos(['service', 'stop', 'all_tms', '--root', tms.root], {input: 'yes\n'});
	t.deepEqual(await failures(root), [
		'ts1.example.com 3 the Module Server does not answer',
		'ts1.example.com 4 nothing answers on its port',
		'ts1.example.com 5 nothing answers on its port',
		'ts1.example.com 6 nothing answers on its port',
		'tms1.example.com 5 nothing answers on its port',
		'tms1.example.com 6 nothing answers on its port',
	]);
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 1);
	t.is((await tanos(['lab', 'start', '--root', root])).exitCode, 0);
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 0);

	t.is((await tanos(['lab', 'create', 'standalone', '--root', root])).exitCode, 1);
	t.is((await tanos(['lab', 'remove', '--root', root])).exitCode, 0);
	await t.throwsAsync(readdir(root), {code: 'ENOENT'});
	t.regex((await tanos(['lab', 'status', '--root', root])).stderr, /There is no lab in/);
});

for (const [names, message] of [
	[['a.example.com', 'b.example.com', 'c.example.com'], /standalone has 2 appliance/],
	[['a.example.com', 'A.Example.com'], /Two appliances cannot both be a\.example\.com/],
	[['tms1.example.com'], /Two appliances cannot both be tms1\.example\.com/],
] as const) {
	test(`the names ${names.join(', ')} are refused before anything is made`, async t => {
		const root = path.join(await temporaryFolder(t), 'lab');
		const words = ['lab', 'create', 'standalone', '--root', root, ...names.flatMap(name => ['--name', name])];
		const {exitCode, stderr} = await tanos(words);
		t.is(exitCode, 2);
		t.regex(stderr, message);
		await t.throwsAsync(readdir(root), {code: 'ENOENT'});
	});
}
