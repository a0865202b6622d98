// The Ansible role, by Debian's ansible-core on this machine, on two booted hosts that a network links.
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {packageRoot} from '../../src/services/package-root.js';
import type {Host} from '../helpers/host.js';
import {consoleForTests} from '../helpers/host-for-tests.js';
import {writeUnitPart} from '../helpers/host-services.js';
import {fingerprint, makePair, served, useTarget} from '../helpers/host-targets.js';
import {fileOf} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';

const role = path.join(packageRoot(), 'contrib/ansible/roles');
const withHosts = testWith('ansible', 'debootstrap', 'ip').serial;
const [bootFirst, bootSecond] = [consoleForTests(), consoleForTests()];
let prepared: Promise<Fleet> | undefined;

type Fleet = {hosts: readonly [Host, Host]; folder: string};

test.after.always('remove the folder', async () => prepared && rm((await prepared).folder, {recursive: true}));

async function theFleet(): Promise<Fleet> {
	prepared ??= (async () => {
		const hosts = await Promise.all([bootFirst(), bootSecond()]);

		await link(...hosts);
		const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-ansible-'));
		await writeFile(path.join(folder, 'hosts.json'), JSON.stringify(inventory(hosts, folder)));
		await writeFile(path.join(folder, 'replace.yml'), JSON.stringify([play]));
		return {hosts, folder};
	})();
	return prepared;
}

/** Gives the two hosts a network of their own, 10.78.0.0/24. */
async function link(first: Host, second: Host): Promise<void> {
	const added = await outside(first, ['ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pidOf(second)]);
	if (added.exitCode !== 0) {
		throw new Error(added.stderr);
	}

	for (const [index, host] of [first, second].entries()) {
		await host.run(['ip', 'address', 'add', `10.78.0.${index + 1}/24`, 'dev', 'eth0']);
		await host.run(['ip', 'link', 'set', 'eth0', 'up']);
	}
}

/** Runs a program of this machine in the network of a host. */
async function outside(host: Host, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
	return execa('nsenter', ['--target', pidOf(host), '--net', ...command], {reject: false, env});
}

function pidOf(host: Host): string {
	const words = host.words([]);
	return words[words.indexOf('--target') + 1]!;
}

const names = ['web1', '10.78.0.2'] as const;

/** The first host has a name that only the inventory knows, the second is called by its address. */
function inventory(hosts: readonly Host[], folder: string): object {
	const variables = hosts.map((host, index) => [
		names[index],
		{
			...(index === 0 && {ansible_host: '10.78.0.1', ansible_port: 22}),
			tanos_certificate_file: host.at('/root/new.crt'),
			tanos_certificate_key_file: host.at('/root/new.key'),
			tanos_certificate_user: 'ada',
			tanos_certificate_ssh_options: [
				`IdentityFile=${host.at('/root/id')}`,
				`UserKnownHostsFile=${folder}/known_hosts`,
				'StrictHostKeyChecking=accept-new',
			],
		},
	]);
	return {web: {hosts: Object.fromEntries(variables) as object}};
}

const play = {
	hosts: 'web',
	gather_facts: false,
	serial: '{{ batch | default(1) }}',
	max_fail_percentage: 0,
	roles: [{role: 'tanos_certificate', vars: {tanos_certificate_target: 'nginx'}}],
};

const together = ['--extra-vars', 'batch=2'];

type Played = {exitCode: number | undefined; output: string; changed: Record<string, number>};

/** Runs the playbook, by default on one host after the other. `changed`: how many tasks have changed something, of each host. */
async function playOn({hosts, folder}: Fleet, ...options: string[]): Promise<Played> {
	const env = {ANSIBLE_ROLES_PATH: role, ANSIBLE_HOME: folder, ANSIBLE_LOCALHOST_WARNING: 'false', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'};
	const command = [
		path.join(path.dirname(fileOf('ansible')), 'ansible-playbook'),
		'--inventory',
		path.join(folder, 'hosts.json'),
		...options,
	];
	const {exitCode, stdout, stderr} = await outside(hosts[0], [...command, path.join(folder, 'replace.yml')], env);
	const recaps = [...stdout.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+)/gm)];
	const changed = Object.fromEntries(recaps.map(([, name, count]) => [name, Number(count)])) as Record<string, number>;
	return {exitCode, output: stdout + stderr, changed};
}

/** Makes a new pair for each host. Resolves with their fingerprints. */
async function makePairs({hosts}: Fleet): Promise<string[]> {
	return Promise.all(
		hosts.map(async host => {
			await makePair(host, 'www.example.com');
			return fingerprint(host, '/root/new.crt');
		}),
	);
}

async function servedBy({hosts}: Fleet): Promise<string[]> {
	return Promise.all(hosts.map(async host => served(host, 8443)));
}

async function assertNoUploads(t: ExecutionContext, {hosts}: Fleet): Promise<void> {
	for (const host of hosts) {
		t.deepEqual(await readdir(host.at('/home/tancopy/incoming')), []);
	}
}

testWith('ansible')('the example is a playbook', async t => {
	const example = path.join(packageRoot(), 'contrib/ansible/replace.yml');
	const playbook = path.join(path.dirname(fileOf('ansible')), 'ansible-playbook');
	const {exitCode, stderr} = await execa(playbook, ['--syntax-check', '--inventory', 'web,', example], {reject: false});
	t.is(exitCode, 0, stderr);
});

withHosts('a check says what would be changed, a run changes it, and a second one nothing', async t => {
	const fleet = await theFleet();
	const before = await servedBy(fleet);
	const fresh = await makePairs(fleet);
	const checked = await playOn(fleet, '--check', ...together);
	t.deepEqual([checked.exitCode, checked.changed], [0, {[names[0]]: 1, [names[1]]: 1}], checked.output);
	t.deepEqual(await servedBy(fleet), before);
	await assertNoUploads(t, fleet);

	const first = await playOn(fleet, '-vvv', ...together);
	t.deepEqual([first.exitCode, first.changed], [0, {[names[0]]: 1, [names[1]]: 1}], first.output);
	t.deepEqual(await servedBy(fleet), fresh);
	await assertNoUploads(t, fleet);
	const [, line = ''] = (await readFile(fleet.hosts[0].at('/root/new.key'), 'utf8')).split('\n');
	t.true(line.length > 40 && !first.output.includes(line), 'no output has the key');

	const again = await playOn(fleet, ...together);
	t.deepEqual([again.exitCode, again.changed], [0, {[names[0]]: 0, [names[1]]: 0}], again.output);
});

withHosts('a pair that is refused ends the play with the words of the host, before the next host', async t => {
	const fleet = await theFleet();
	const before = await servedBy(fleet);
	await makePairs(fleet);
	await writeFile(fleet.hosts[0].at('/root/new.key'), await readFile(fleet.hosts[1].at('/root/new.key')));
	const {exitCode, output, changed} = await playOn(fleet);
	t.is(exitCode, 2, output);
	t.regex(output, /Exit code 1\. Not installed\. Nothing was changed\. [^]*key/);
	t.deepEqual(changed, {[names[0]]: 0}, 'it does not come to the second');
	t.deepEqual(await servedBy(fleet), before);
	await assertNoUploads(t, fleet);
});

withHosts('a host that needs manual intervention ends the play as well', async t => {
	const fleet = await theFleet();
	const [first] = fleet.hosts;
	await makePairs(fleet);
	await useTarget(first, 'nginx', text => text.replace('"reload"', '"restart"'));
	await writeUnitPart(first, 'nginx.service', '[Service]\nExecStartPre=/bin/false\n');
	const {exitCode, output, changed} = await playOn(fleet);
	t.is(exitCode, 2, output);
	t.regex(output, /Exit code 3\. /);
	t.deepEqual(Object.keys(changed), [names[0]]);
	await assertNoUploads(t, fleet);
});
