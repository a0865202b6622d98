// A disk that is full: everything can still be looked at, at the console and over SSH, and nothing can be changed.
import {readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {copyAuthorizedKeys} from '../../src/appliance/users/authorized-keys.js';
import {makeAppliance, overSsh, putIncoming, tanos, type Appliance} from '../helpers/appliance.js';
import {fingerprintOfFile, orderPair, servedFingerprint} from '../helpers/authority.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';

const test = testWith('mount', 'ssh', 'sftp');

type OnFullDisk = Appliance & {disk: string; way: string[]; events(): Promise<Array<Record<string, unknown>>>};

const warning = /audit log .*audit\.jsonl cannot be written\. The disk is full.*You can look at everything/;

async function onFullDisk(t: ExecutionContext): Promise<OnFullDisk> {
	const disk = await smallDisk(t, 32);
	const appliance = await makeAppliance(t, [], disk);
	const way = (await overSsh(appliance, 'tanadmin')).arguments.filter(word => word !== '-tt');
	await copyAuthorizedKeys(appliance.layout, 'tanadmin', 'tancopy', {user: 'tanadmin', from: 'local'});
	await orderPair(appliance.workFolder);
	await putIncoming(appliance, appliance.workFolder);
	await writeFile(path.join(appliance.workFolder, 'upload.txt'), 'some text');
	await fill(disk);
	const events = async () =>
		(await readFile(appliance.layout.audit, 'utf8'))
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line) as Record<string, unknown>);
	return {...appliance, disk, way, events};
}

async function ssh({way}: OnFullDisk, words: string[], input = '') {
	return execa('ssh', [...way, ...words], {input, reject: false});
}

/** Runs lines of `sftp -b` as tancopy, with the key of the operator. */
async function sftp({way, workFolder, ports}: OnFullDisk, ...lines: string[]) {
	const options = way.filter((word, index) => word === '-o' || way[index - 1] === '-o');
	const words = [...options, '-P', String(ports.ssh), '-b', '-', 'tancopy@127.0.0.1'];
	return execa('sftp', words, {input: `${lines.join('\n')}\n`, cwd: workFolder, reject: false});
}

test('commands over SSH look and warn, or are refused in words, and the log has it all once there is space', async t => {
	const appliance = await onFullDisk(t);
	for (const words of ['soap status', 'report info', 'soap check', 'show pubkeys', 'service list', 'soap install --dry-run']) {
		const {exitCode, stderr} = await ssh(appliance, words.split(' '));
		t.is(exitCode, 0, `${words}: ${stderr}`);
		t.regex(stderr, warning, words);
	}

	const before = await readFile(appliance.layout.accounts);
	for (const words of ['security set menu_timeout 900', 'delete pubkeys 1', 'soap install', 'service restart patch', 'soap register']) {
		const {exitCode, stderr} = await ssh(appliance, words.split(' '), 'yes\n');
		t.is(exitCode, 1, words);
		t.regex(stderr, /cannot be written\. The disk is full[^]*nothing is changed without a log entry/, words);
	}

	t.deepEqual(await readFile(appliance.layout.accounts), before);
	await t.throwsAsync(stat(appliance.layout.securitySettings), {code: 'ENOENT'});
	const full = new Date().toISOString();
	await free(appliance.disk);
	t.is((await ssh(appliance, ['security', 'set', 'menu_timeout', '900'])).exitCode, 0);
	const late = (await appliance.events()).filter(({time}) => String(time) < full);
	t.is(late.filter(({event}) => event === 'ssh-sign-in').length, 11);
	t.deepEqual(
		late.filter(({event}) => event === 'command').map(({command}) => command),
		['soap status', 'report info', 'soap check', 'show pubkeys', 'service list', 'soap install --dry-run'],
	);
});

test('the console signs in with a password and says it, shows its menus and 2-4 up to its question, and installs nothing', async t => {
	const appliance = await onFullDisk(t);
	const {layout, passwords, root, ports} = appliance;
	const installed = await fingerprintOfFile(layout.soapCertificate);
	const job = ['', '2-4', 'YES', 'yes', '', 'z', ''].join('\n');
	const local = await tanos(['--root', root], {input: `tanadmin\nWrong-one.22\ntanadmin\n${passwords.tanadmin}\n${job}`});
	const remote = await ssh(appliance, [], job);
	t.regex(local.stdout, /Sign-in incorrect\./);
	for (const {stdout} of [local, remote]) {
		t.regex(stdout.replaceAll('\n', ' '), warning);
		t.regex(stdout, /Main Menu/);
		t.regex(stdout, /Back up the installed pair to \/outgoing, and install the new one\?/);
		t.regex(stdout, /Not installed\. Nothing was changed\./);
	}

	t.is(await fingerprintOfFile(layout.soapCertificate), installed);
	t.is(await servedFingerprint(ports.console), installed);
});

test('SFTP signs in and says it, and reads, but takes no upload', async t => {
	const appliance = await onFullDisk(t);
	const read = await sftp(appliance, 'ls -1 /incoming', 'get /incoming/SOAPServer.crt /dev/null');
	t.is(read.exitCode, 0, read.stderr);
	t.regex(read.stderr, warning);
	const key = '/incoming/SOAPServer.key';
	for (const line of ['put upload.txt /incoming/', `rm ${key}`, `rename ${key} /incoming/x`, 'mkdir /incoming/y']) {
		t.is((await sftp(appliance, line)).exitCode, 1, line);
	}

	const {stdout} = await sftp(appliance, 'ls -1 /incoming');
	t.is(stdout.replaceAll(/^sftp>.*\n/gm, ''), `/incoming/SOAPServer.crt\n${key}`);
	await free(appliance.disk);
	t.is((await sftp(appliance, 'put upload.txt /incoming/')).exitCode, 0);
	const results = (await appliance.events()).filter(({event}) => event === 'sftp-upload').map(({result}) => result);
	t.deepEqual(results, ['The audit log cannot be written. Nothing can be changed until it can.', 'completed']);
});
