// The Module Server's own pair, from the upload to the registration with each Tanium Server, by words and in the console over a pipe.
import {copyFile, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {makeAppliance, makeLab, tanos, type Appliance, type LabMember} from '../helpers/appliance.js';
import {leafOf, temporaryFolder} from '../helpers/sandbox.js';

type Status = {appliances: Array<{name: string; connections: Array<{number: number; ok: boolean}>}>};

/** The connections that fail, of all appliances of a lab. */
async function failures(root: string): Promise<string[]> {
	const {stdout} = await tanos(['lab', 'status', '--root', root, '--json']);
	const {appliances} = JSON.parse(stdout) as Status;
	return appliances.flatMap(({name, connections}) => connections.filter(({ok}) => !ok).map(({number}) => `${name} ${number}`));
}

/** A new self-signed pair in /incoming, under the names of the document. Resolves with the fingerprint of its certificate. */
async function upload(t: ExecutionContext, {layout}: Appliance, name: string): Promise<string> {
	const stem = path.join(await temporaryFolder(t), 'ssl');
	t.is((await tanos(['certificate', 'request', '--hostname', name, '--out', stem])).exitCode, 0);
	await copyFile(`${stem}.crt`, path.join(layout.incoming, 'ssl.crt'));
	await copyFile(`${stem}.key`, path.join(layout.incoming, 'ssl.key'));
	return fingerprintOf(await leafOf(`${stem}.crt`));
}

async function trustedBy({layout}: Appliance): Promise<string[]> {
	return certificatesIn(await readFile(layout.trustedModuleServers)).map(der => fingerprintOf(der));
}

async function run(member: Appliance, words: string, input = '') {
	return tanos([...words.split(' '), '--root', member.root], {input});
}

/** Signs in at the console over a pipe, and types these lines. */
async function type(member: Appliance, ...lines: string[]) {
	const typed = ['tanadmin', member.passwords.tanadmin, ...lines, 'z', ''];
	return tanos(['--root', member.root], {input: typed.join('\n')});
}

test('active-active by words: what is checked, what is done, and that each Tanium Server is named', async t => {
	const {root, members} = await makeLab(t, 'active-active');
	const [ts1, ts2, tms] = members as [LabMember, LabMember, LabMember];
	t.is((await run(tms, 'ssl status')).exitCode, 0);
	t.regex((await run(ts1, 'ssl status')).stderr, /is for an appliance with a Module Server/);

	await upload(t, tms, ts1.name);
	const wrong = await run(tms, 'ssl check json');
	t.is(wrong.exitCode, 1);
	const {findings} = JSON.parse(wrong.stdout) as {findings: Array<{id: string; file: string}>};
	t.true(
		findings.some(({id, file}) => id === 'san-host' && file === 'ssl.crt'),
		wrong.stdout,
	);
	t.regex((await run(tms, 'ssl install', 'yes\n')).stdout, /Not installed\. Nothing was changed\./);

	const fresh = await upload(t, tms, tms.name);
	const {stdout: checked} = await run(tms, 'ssl check');
	t.regex(checked, /The pair can be installed: ssl install/);
	t.false(checked.includes('self-signed'), 'it is trusted by a copy, so that it may be self-signed');
	t.regex((await run(tms, 'ssl install --dry-run')).stdout, /Stop taniummoduleserver[^]*Dry run\. Nothing was changed\./);
	t.regex((await run(tms, 'ssl install --overlap')).stderr, /only --dry-run and/);
	t.deepEqual(await failures(root), []);

	const {stdout, exitCode} = await run(tms, 'ssl install json', 'yes\n');
	t.is(exitCode, 0, stdout);
	const {outcome, told, backup} = JSON.parse(stdout) as {outcome: string; told: string[]; backup: string[]};
	t.is(outcome, 'installed');
	t.true(backup.every(name => /-ssl\.(?:crt|key)$/.test(name)));
	for (const {name, ports} of [ts1, ts2]) {
		t.true(told.includes(`  TaniumModuleServer register ${name}:${ports.console}`), stdout);
	}

	t.regex((await run(tms, 'ssl status')).stdout, new RegExp(`${ts1.name}:${ts1.ports.console}[^]*${ts2.name}`));
	t.true((await failures(root)).includes(`${ts1.name} 4`));
	t.regex((await run(tms, 'soap history')).stdout, /Installation of ssl\.crt: installed/);
	t.regex((await run(tms, 'soap history')).stdout, /Installation of ssl\.crt: refused/);

	for (const [index, server] of [ts1, ts2].entries()) {
		const words = `TaniumModuleServer register ${server.name}:${server.ports.console}`;
		t.is((await run(tms, words, `tanium\n${server.passwords.tanium}\n`)).exitCode, 0);
		t.deepEqual(await trustedBy(server), [fresh]);
		t.is((await failures(root)).length === 0, index === 1);
	}

	const [id] = (JSON.parse((await run(tms, 'ssl backups json')).stdout) as {backups: Array<{id: string}>}).backups.map(({id}) => id);
	t.is((await run(tms, `ssl restore ${id}`, 'yes\n')).exitCode, 0);
	t.not(fingerprintOf(await leafOf(tms.layout.moduleServerCertificate)), fresh);
});

test('active-active in the console: registered with each Tanium Server, and what was left out is named', async t => {
	const {root, members} = await makeLab(t, 'active-active');
	const [ts1, ts2, tms] = members as [LabMember, LabMember, LabMember];
	const fresh = await upload(t, tms, tms.name);
	const {stdout} = await type(tms, '2-S', 'YES', 'Y', 'yes', 'tanium', ts1.passwords.tanium, 'no', '');
	t.regex(stdout, /This is not an entry of TanOS\.[^]*contact Tanium\s+Support[^]*The new certificate is installed/);
	const [first, second] = stdout.includes(`Re-register the Module Server with ${ts1.name}`) ? [ts1, ts2] : [ts2, ts1];
	t.deepEqual(await trustedBy(first), [fresh], stdout);
	t.regex(
		stdout,
		new RegExp(`until\\s+the\\s+Module\\s+Server\\s+is\\s+registered\\s+again:\\n\\s+TaniumModuleServer register ${second.name}`),
	);
	t.false(stdout.includes(`  TaniumModuleServer register ${first.name}`));
	t.true((await failures(root)).every(failure => !failure.startsWith(first.name)));
});

test('on an all-in-one appliance in the console: yes and the password', async t => {
	const appliance = await makeAppliance(t);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	const fresh = await upload(t, appliance, appliance.name);
	const {stdout} = await type(appliance, '2-S', 'YES', 'Y', 'yes', 'Wrong-Password-1', appliance.passwords.tanium, '');
	t.regex(stdout, /refused the user name or the password[^]*registered again with each of its Tanium Servers/);
	t.deepEqual(await trustedBy(appliance), [fresh]);
	t.deepEqual(await readdir(appliance.layout.incoming), []);
	t.is((await run(appliance, 'soap status')).exitCode, 0);
	t.regex((await run(appliance, 'soap backups')).stdout, /There is no backup/);
	t.regex((await run(appliance, 'ssl backups')).stdout, /\d{8}-\d{6}/);
});
