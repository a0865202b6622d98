// Arrays: appliances that command each other over their own SSH, and what their key opens.
import {copyFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {readArray, writeArray} from '../../src/appliance/array.js';
import {fingerprintOf} from '../../src/certificates/parse/pem.js';
import {newPrivateKey} from '../../src/ssh-keys/openssh-key.js';
import {tanos, type LabMember} from '../helpers/appliance.js';
import {addMember, makeArray, makeDeployment, newPair, run, trustedBy} from '../helpers/array.js';
import {fileOf} from '../helpers/programs.js';
import {leafOf, temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

async function problems(member: LabMember): Promise<Record<string, string | null>> {
	const {stdout} = await run(member, 'show array json');
	const {members} = JSON.parse(stdout) as {members: Array<{name: string; problem: string | null}>};
	return Object.fromEntries(members.map(({name, problem}) => [name, problem]));
}

/** A new self-signed pair in /incoming. */
async function upload(t: ExecutionContext, {name, layout}: LabMember): Promise<void> {
	const {certificate, key} = await newPair(t, `${name},localhost`);
	await copyFile(certificate, path.join(layout.incoming, 'SOAPServer.crt'));
	await copyFile(key, path.join(layout.incoming, 'SOAPServer.key'));
}

/** OpenSSH's client with the array key of a member. */
async function withArrayKey(t: ExecutionContext, from: LabMember, to: LabMember, words: string[], program: 'ssh' | 'sftp' = 'ssh') {
	const key = path.join(await temporaryFolder(t), 'key');
	await copyFile(from.layout.arrayKey, key);
	const options = [
		'BatchMode=yes',
		'StrictHostKeyChecking=no',
		'UserKnownHostsFile=/dev/null',
		`IdentityFile=${key}`,
		'IdentitiesOnly=yes',
	];
	const port = [program === 'ssh' ? '-p' : '-P', String(to.ports.ssh)];
	const all = [...options.flatMap(option => ['-o', option]), ...port, `array@${to.address}`, ...words];
	return execa(fileOf(program), all, {reject: false, input: '{}\n'});
}

const test = testWith('ssh', 'sftp');

test('members are added, told of each other, listed as they answer, and removed', async t => {
	const {ts1, ts2, tms} = await makeArray(t);
	const all = ['tms1.example.com', 'ts1.example.com', 'ts2.example.com'];
	for (const member of [ts1, ts2, tms]) {
		t.deepEqual((await readArray(member.layout))!.members.map(({name}) => name).toSorted(), all);
		t.deepEqual(Object.values(await problems(member)), [null, null, null]);
	}

	t.is((await run(ts1, 'refresh array')).exitCode, 0);
	t.regex((await run(ts2, 'refresh array')).stderr, /ts1\.example\.com manages the array East Coast/);
	t.regex((await run(ts1, 'reset array', 'yes\n')).stderr, /which has 3 members/);
	t.regex((await run(ts1, `create array ${ts1.address} Another`)).stderr, /is in the array East Coast already/);

	t.is((await run(ts1, 'array self test')).stdout, 'ts1.example.com: good\nts2.example.com: good\ntms1.example.com: good');
	await run(tms, 'service stop patch', 'yes\n');
	const tested = await run(ts1, 'array self test');
	t.is(tested.exitCode, 1);
	t.regex(tested.stdout, /ts1\.example\.com: Connection 5, .*\n(?:.*\n)*tms1\.example\.com: patch does not run\./);

	await tanos(['appliance', 'stop', '--root', tms.root]);
	const {'tms1.example.com': silent, ...others} = await problems(ts1);
	t.regex(silent!, /cannot be reached: the connection is refused/);
	t.deepEqual(Object.values(others), [null, null]);
	t.is((await run(ts1, 'show array')).exitCode, 1);
	const removed = await run(ts1, 'remove array member tms1.example.com');
	t.regex(removed.stdout, /is not a member any more\. It did not answer, so it does not know yet/);
	t.deepEqual((await readArray(ts2.layout))!.members.map(({name}) => name).toSorted(), all.slice(1));

	t.is((await run(ts2, 'reset array', 'yes\n')).exitCode, 0);
	t.is(await readArray(ts2.layout), undefined);
	t.regex((await problems(ts1))['ts2.example.com']!, /permission denied/);
});

test('a host key that is not the registered one, a declined one and a wrong password add nobody', async t => {
	const {ts1, ts2, tms} = await makeDeployment(t);
	t.regex((await run(ts1, 'create array 192.0.2.1 East')).stderr, /is not the address of this appliance/);
	await run(ts1, `create array ${ts1.address} East`);
	const where = `${ts2.address}:${ts2.ports.ssh}`;
	const declined = await run(ts1, `add array member ${where}`, 'no\n');
	t.is(declined.exitCode, 1);
	t.regex(declined.stdout, /host key\s+SHA256:/);
	t.regex((await run(ts1, `register ssh-host ${where}`, 'nothing\n')).stderr, /holds no fingerprint/);
	const {stdout: others} = await run(tms, 'show ssh-host-fingerprints');
	await run(ts1, `register ssh-host ${where}`, others);
	t.is((await run(ts1, `add array member ${where}`, `${ts2.passwords.tanadmin}\n`)).exitCode, 1);
	const {stdout: own} = await run(ts2, 'show ssh-host-fingerprints');
	await run(ts1, `register ssh-host ${where}`, own);
	t.is((await readArray(ts1.layout))!.members.length, 1);
	t.is(await readArray(ts2.layout), undefined);
	await addMember(t, ts1, ts2);

	await run(tms, `create array ${tms.address} West`);
	const taken = await run(tms, `add array member ${where}`, `yes\n${ts2.passwords.tanadmin}\n`);
	t.regex(taken.stderr, /in the array East already/);

	await run(ts1, `register ssh-host ${tms.address}:${tms.ports.ssh}`, others);
	const wrong = await run(ts1, `add array member ${tms.address}:${tms.ports.ssh}`, 'wrong\nwrong\nwrong\n');
	t.regex(wrong.stderr, /permission denied/);
	t.is((await readArray(ts1.layout))!.members.length, 2);
});

test('an appliance with another host key, at the address of a member, is not taken for it', async t => {
	const {ts1, tms} = await makeArray(t);
	await tanos(['appliance', 'stop', '--root', tms.root]);
	await writeFile(tms.layout.hostKey, await newPrivateKey('impostor'));
	await tanos(['appliance', 'start', '--root', tms.root]);
	t.regex((await problems(ts1))['tms1.example.com']!, /key/i);
	t.is((await run(ts1, 'soap register', `${ts1.passwords.tanium}\n`)).exitCode, 1);
});

test("the array's key opens the array's commands and nothing else", async t => {
	const {ts1, ts2, tms} = await makeArray(t);
	t.like(JSON.parse((await withArrayKey(t, ts2, tms, ['status'])).stdout), {name: 'tms1.example.com', role: 'module-server'});
	t.is((await withArrayKey(t, ts2, tms, [])).stdout, '');
	t.not((await withArrayKey(t, ts2, tms, [], 'sftp')).exitCode, 0);
	for (const words of ['soap status', 'report info', '/bin/sh', 'members; id', 'constructor']) {
		const {exitCode, stdout} = await withArrayKey(t, ts2, tms, [words]);
		t.deepEqual([exitCode, stdout.includes('unknown-word')], [1, true], words);
	}

	for (const word of ['members', 'leave']) {
		t.regex((await withArrayKey(t, ts2, tms, [word])).stdout, /Only the array's manager, ts1\.example\.com, may do that/);
	}

	t.regex((await withArrayKey(t, tms, ts1, ['publish'])).stdout, /Only a Tanium Server may ask a Module Server/);
	t.regex((await withArrayKey(t, ts2, tms, ['publish'])).stdout, /bad-call/);
	const array = (await readArray(tms.layout))!;
	await writeArray(tms.layout, {...array, members: array.members.filter(({name}) => name !== 'ts2.example.com')});
	t.is((await withArrayKey(t, ts2, tms, ['status'])).exitCode, 255, 'a key that is not that of a member');
});

test('in an array a pair is replaced without losing trust, and the Module Server is registered from the Tanium Server', async t => {
	const {root, ts1, ts2, tms} = await makeArray(t);
	const ofTs1 = fingerprintOf(await leafOf(ts1.layout.soapCertificate));
	await upload(t, ts2);
	const overlapped = await run(ts2, 'soap install --overlap', 'yes\n');
	t.is(overlapped.exitCode, 0, overlapped.stderr);
	t.regex(overlapped.stdout, /The Module Server trusts the new certificate\./);
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 0);
	const next = fingerprintOf(await leafOf(ts2.layout.soapCertificate));
	t.deepEqual((await trustedBy(tms)).toSorted(), [ofTs1, next].toSorted());

	await upload(t, ts2);
	t.regex((await run(ts2, 'soap install', 'yes\n')).stdout, /To register the Module Server again: soap register/);
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 1);
	t.is((await run(ts2, 'soap register', 'Wrong-Password-1\n')).exitCode, 1);
	const {exitCode, stdout} = await run(ts2, 'soap register json', `${ts2.passwords.tanium}\n`);
	t.is(exitCode, 0);
	t.like(JSON.parse(stdout), {registered: true, taniumServer: fingerprintOf(await leafOf(ts2.layout.soapCertificate))});
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 0);

	await upload(t, ts2);
	const typed = ['tanadmin', ts2.passwords.tanadmin, '2-4', 'YES', 'Y', 'yes', ts2.passwords.tanium, '', 'Z', ''].join('\n');
	const {stdout: console} = await tanos(['--root', ts2.root], {input: typed});
	t.regex(console, /Re-register the Module Server with the Tanium Server now\? \[yes\/no\]:/);
	t.regex(console, /trust each other's installed\s+certificates\./);
	t.is((await tanos(['lab', 'status', '--root', root])).exitCode, 0);

	await tanos(['appliance', 'stop', '--root', tms.root]);
	await upload(t, ts2);
	const before = await trustedBy(tms);
	const refused = await run(ts2, 'soap install --overlap', 'yes\n');
	t.is(refused.exitCode, 1);
	t.regex(refused.stderr, /tms1\.example\.com .*cannot be reached/);
	t.deepEqual(await trustedBy(tms), before);
	t.is((await run(ts2, 'service is-active taniumserver')).exitCode, 0);
});

test('roles are shown, checked, and applied: the Module Server is registered with each Tanium Server', async t => {
	const {ts1, ts2, tms} = await makeArray(t);
	const {stdout: shown} = await run(ts1, 'array assign roles show');
	const document = JSON.parse(shown) as {password_b64: string; members: Array<{name: string; role: number}>};
	t.deepEqual(
		document.members.map(({name, role}) => [name, role]),
		[
			['ts1.example.com', 2],
			['ts2.example.com', 2],
			['tms1.example.com', 3],
		],
	);
	t.regex(
		(await run(ts1, 'array assign roles dryrun', shown)).stdout,
		/Would register the Module Server with: ts1\.example\.com, ts2\.example\.com\./,
	);
	const other = shown.replace('"role": 3', '"role": 1');
	t.regex(
		(await run(ts1, 'array assign roles dryrun', other)).stderr,
		/tms1\.example\.com has the role Tanium Module Server, not All-in-One/,
	);
	t.regex((await run(ts1, 'array assign roles apply', '{"members": 1}')).stderr, /not a document with roles: tanium_username must be/);
	t.regex((await run(ts1, 'array assign roles apply', 'x')).stderr, /not a document with roles/);
	t.regex((await run(ts2, 'array assign roles dryrun', shown)).stderr, /ts1\.example\.com manages the array/);

	await writeFile(tms.layout.trustedTaniumServers, '');
	const password = (member: LabMember) => Buffer.from(member.passwords.tanium).toString('base64');
	const half = await run(ts1, 'array assign roles apply json', JSON.stringify({...document, password_b64: password(ts1)}));
	t.is(half.exitCode, 1, 'the administrator has another password on the second server');
	const {servers} = JSON.parse(half.stdout) as {servers: Array<{name: string; problem: string | null}>};
	t.like(servers, [{name: 'ts1.example.com', problem: null}, {name: 'ts2.example.com'}]);
	t.regex(servers[1]!.problem!, /password/);
	t.deepEqual(await trustedBy(tms), [fingerprintOf(await leafOf(ts1.layout.soapCertificate))]);
	const rest = {...document, password_b64: password(ts2), members: document.members.slice(1)};
	t.is((await run(ts1, 'array assign roles apply', JSON.stringify(rest, undefined, 2))).exitCode, 0);
	t.is((await trustedBy(tms)).length, 2);
	t.is((await run(ts1, 'array self test')).exitCode, 0);
});
