// A pair on all Tanium Servers of an array as one change: what a server presents and trusts is read back by handshakes, whoever died. Each
// test makes three appliances, so they run one after another.
import {createPublicKey} from 'node:crypto';
import {copyFile, readdir, readFile, watch, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {changeRecords} from '../../src/appliance/change-records.js';
import {sshDaemon} from '../../src/cli/sandbox.js';
import {tanos, tanosFile, type LabMember} from '../helpers/appliance.js';
import {assertServed, both, certificateForRequest, makeArray, newPair, presented, rollOut, run, type Pair} from '../helpers/array.js';
import {fingerprintIn} from '../helpers/sandbox.js';

async function installations({layout}: LabMember): Promise<string[]> {
	return (await changeRecords(layout)).filter(({kind}) => kind !== 'registration').map(({outcome}) => outcome);
}

test.serial('one pair with the names of both servers is installed on each, and trust is whole afterwards', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const before: [string, string] = [await presented(ts1), await presented(ts2)];
	const pair = await newPair(t, both);
	const next = await fingerprintIn(pair.certificate);

	const dry = await rollOut(ts1, pair, ['--dry-run']);
	t.is(dry.exitCode, 0, dry.stderr);
	t.regex(dry.stdout, /Order: ts1\.example\.com alone, then ts2\.example\.com\./);
	t.is((await rollOut(ts1, pair, [], 'no\n')).exitCode, 1);
	await assertServed(t, lab, before);

	const done = await rollOut(ts1, pair);
	t.is(done.exitCode, 0, done.stderr);
	t.regex(done.stdout, /All servers have their new pairs, and serve them\./);
	t.regex(done.stdout, new RegExp(`Delete this copy of the key: ${pair.key}`));
	await assertServed(t, lab, [next, next]);
	t.deepEqual([await installations(ts1), await installations(ts2)], [['installed'], ['installed']]);
	t.regex((await rollOut(ts1, pair)).stdout, /All servers have their pairs already\. Nothing to do\./);
	t.regex((await run(ts1, 'soap rollout --status')).stdout, /ts2\.example\.com: installed, change \d{8}-\d{6}, outage \d+ ms\./);
	t.regex((await rollOut(ts2, pair)).stderr, /ts1\.example\.com manages the array/);

	t.is((await run(ts1, 'soap rollout --undo', 'no\n')).exitCode, 1);
	const back = await run(ts1, 'soap rollout --undo', 'yes\n');
	t.is(back.exitCode, 0);
	t.regex(back.stdout, /Undone: each server that was changed has its old pair again\./);
	await assertServed(t, lab, before);
});

test.serial('what one server cannot install is installed nowhere', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const before: [string, string] = [await presented(ts1), await presented(ts2)];
	const ofTs1 = await newPair(t, 'ts1.example.com,localhost');
	const refused = await rollOut(ts1, ofTs1);
	t.is(refused.exitCode, 1);
	t.regex(refused.stdout, /Not begun\. Nothing was changed on any server\.\nts2\.example\.com: Errors above: san-host\./);
	t.regex((await rollOut(ts1, {...ofTs1, key: '/nowhere'})).stderr, /\/nowhere: there is no such file/);
	await tanos(['appliance', 'stop', '--root', ts2.root]);
	t.regex((await rollOut(ts1, await newPair(t, both))).stdout, /ts2\.example\.com: .* cannot be reached/);
	await tanos(['appliance', 'start', '--root', ts2.root]);
	await assertServed(t, lab, before);

	const ofTs2 = await newPair(t, 'ts2.example.com,localhost');
	const each = [ofTs1, ofTs2].flatMap(({certificate, key}, index) => ['--member', `ts${index + 1}.example.com`, certificate, key]);
	const done = await tanos(['soap', 'rollout', ...each, 'json', '--root', ts1.root], {input: 'yes\n'});
	t.is(done.exitCode, 0, done.stderr);
	t.like(JSON.parse(done.stdout), {outcome: 'installed', rollout: {servers: [{name: 'ts1.example.com'}, {name: 'ts2.example.com'}]}});
	await assertServed(t, lab, [await fingerprintIn(ofTs1.certificate), await fingerprintIn(ofTs2.certificate)]);
});

test.serial('a server that fails stops the rollout, and the others keep the new pair or get the old one back', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const before: [string, string] = [await presented(ts1), await presented(ts2)];
	await tanos(['appliance', 'drill', 'fails-to-start', '--root', ts2.root]);
	const undone = await rollOut(ts1, await newPair(t, both), ['--on-failure', 'undo']);
	t.is(undone.exitCode, 1);
	t.regex(undone.stdout, /Undone: .*\nts1\.example\.com: the old pair is back\..*\nts2\.example\.com: Not installed\. The old pair is/);
	await assertServed(t, lab, before);

	const pair = await newPair(t, both);
	const kept = await rollOut(ts1, pair);
	t.is(kept.exitCode, 1);
	t.regex(kept.stdout, /Stopped: /);
	const next = await fingerprintIn(pair.certificate);
	await assertServed(t, lab, [next, before[1]]);
	t.regex((await run(ts1, 'soap rollout --resume')).stdout, /Stopped: /, 'what failed is tried again');

	await tanos(['appliance', 'drill', 'off', '--root', ts2.root]);
	t.is((await run(ts1, 'soap rollout --resume')).exitCode, 0);
	await assertServed(t, lab, [next, next]);
	t.deepEqual((await installations(ts1)).toSorted(), ['installed', 'installed', 'installed'], 'its pair, the old one, the next one');
});

test.serial('a manager that is killed carries the rollout on later, and no order is carried out twice', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	for (const moment of ['ts1.example.com: replace the pair', 'ts1.example.com: verify again']) {
		const pair = await newPair(t, both);
		const count = (await installations(ts2)).length;
		await killAfter(moment, ts1, pair);
		t.regex((await rollOut(ts1, pair)).stderr, /is not finished\./);
		const resumed = await run(ts1, 'soap rollout --resume');
		t.is(resumed.exitCode, 0, resumed.stdout);
		const next = await fingerprintIn(pair.certificate);
		await assertServed(t, lab, [next, next]);
		t.deepEqual([(await installations(ts1)).length, (await installations(ts2)).length], [count + 1, count + 1]);
	}

	const [pair, before] = [await newPair(t, both), [await presented(ts1), await presented(ts2)] as [string, string]];
	await killAfter('ts1.example.com: verify again', ts1, pair);
	await writeFile(pair.certificate, await readFile((await newPair(t, both)).certificate));
	t.regex((await run(ts1, 'soap rollout --resume')).stdout, /Not the file that was checked when the rollout began: .*SOAPServer\.crt\./);
	t.regex((await run(ts1, 'soap rollout --undo', 'yes\n')).stdout, /Undone: /);
	await assertServed(t, lab, before);
});

/** Kills the manager's command once it has reported the end of this step. */
async function killAfter(title: string, {root}: LabMember, {certificate, key}: Pair): Promise<void> {
	const words = [tanosFile, 'soap', 'rollout', certificate, key, '--root', root];
	const manager = execa(process.execPath, words, {input: 'yes\n', reject: false});
	for await (const line of manager.iterable()) {
		if (line.includes(`done    ${title}`)) {
			manager.kill('SIGKILL');
		}
	}

	await manager;
}

test.serial('a member that is killed in its installation recovers, and the rollout waits for its outcome', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const pair = await newPair(t, both);
	const rollout = rollOut(ts1, pair);
	for await (const {filename} of watch(ts2.layout.state)) {
		if (filename === 'journal.json') {
			break;
		}
	}

	process.kill((await sshDaemon(ts2.layout).state())!.pid, 'SIGKILL');
	await tanos(['appliance', 'start', '--root', ts2.root]);
	const {stdout, exitCode} = await rollout;
	const next = await fingerprintIn(pair.certificate);
	const ended: [string, string] = exitCode === 0 ? [next, next] : [next, await presented(ts2)];
	t.regex(stdout, exitCode === 0 ? /All servers have/ : /Stopped: .*[^]*ts2\.example\.com: Not installed\./);
	await assertServed(t, lab, ended);
	t.is((await installations(ts2)).length, 1);
});

test.serial('for a key that others may have, Module Servers are registered again, and the old pairs are not put back', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const pair = await newPair(t, both);
	const before: [string, string] = [await presented(ts1), await presented(ts2)];
	const words = ['--compromised', '--on-failure', 'undo'];
	t.is((await rollOut(ts1, pair, words)).exitCode, 2);
	const wrong = await rollOut(ts1, pair, ['--compromised'], 'yes\nWrong-Password-1\n\n');
	t.is(wrong.exitCode, 1);
	t.regex(wrong.stderr, /Nothing was changed on any server\.\nts1\.example\.com: .*refused .*\nts2\.example\.com: .*refused/);
	await assertServed(t, lab, before);
	const done = await rollOut(ts1, pair, ['--compromised'], `yes\n${ts1.passwords.tanium}\n${ts2.passwords.tanium}\n`);
	t.is(done.exitCode, 0, done.stdout);
	const next = await fingerprintIn(pair.certificate);
	await assertServed(t, lab, [next, next]);
	t.regex((await run(ts1, 'soap rollout --undo', 'yes\n')).stderr, /The old keys may be known to others, so they are not put back\./);
});

test.serial('in the console the pair of /incoming is installed everywhere, and then removed from there', async t => {
	const lab = await makeArray(t);
	const {ts1} = lab;
	const pair = await newPair(t, both);
	const next = await fingerprintIn(pair.certificate);
	await copyFile(pair.certificate, path.join(ts1.layout.incoming, 'SOAPServer.crt'));
	await copyFile(pair.key, path.join(ts1.layout.incoming, 'SOAPServer.key'));
	const typed = ['tanadmin', ts1.passwords.tanadmin, 'D-5', '1', '1', 'YES', '', 'Z', ''].join('\n');
	const {stdout} = await tanos(['--root', ts1.root], {input: typed});
	t.regex(stdout, /Replaces the pair of ts1\.example\.com, ts2\.example\.com/);
	t.regex(stdout, /All servers have their new pairs, and serve them\./);
	await assertServed(t, lab, [next, next]);
	t.deepEqual(await readdir(ts1.layout.incoming), []);
});

test.serial('a request that names both servers: its key reaches the other one with the certificate, and not before', async t => {
	const lab = await makeArray(t);
	const {ts1, ts2} = lab;
	const certificate = await certificateForRequest(t, ts1);
	const [names] = await requestedNames(ts1);
	t.true(both.split(',').every(name => names!.includes(name)));
	const partial = await run(ts1, 'soap request ts1.example.com');
	t.regex(partial.stderr, /The request lacks ts2\.example\.com \(a Tanium Server of the array\)/);

	const next = await fingerprintIn(certificate);
	const key = createPublicKey(await readFile(certificate));
	const isNewKey = async ({layout}: LabMember) => createPublicKey(await readFile(layout.soapKey)).equals(key);

	t.is((await tanos(['soap', 'rollout', certificate, '--dry-run', '--root', ts1.root])).exitCode, 0);
	t.false((await isNewKey(ts1)) || (await isNewKey(ts2)));
	const done = await tanos(['soap', 'rollout', certificate, '--root', ts1.root], {input: 'yes\n'});
	t.is(done.exitCode, 0, done.stderr);
	t.true((await isNewKey(ts1)) && (await isNewKey(ts2)));
	await assertServed(t, lab, [next, next]);
	t.notRegex(done.stdout, /Delete this copy of the key/);
	t.deepEqual(await requestedNames(ts1), [['ts1.example.com']], 'only the other request still waits for its certificate');
});

/** The names of each request that waits for its certificate, the newest request first. */
async function requestedNames(server: LabMember): Promise<string[][]> {
	const {requests} = JSON.parse((await run(server, 'soap requests json')).stdout) as {requests: Array<{names: string[]}>};
	return requests.map(({names}) => names);
}
