// The operator's desk and the appliance's: the command itself, against OpenSSH's server and this project's own.
import {access, mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {openPty} from '../../src/replay/pty.js';
import {tanos, tanosFile} from '../helpers/appliance.js';
import {freePorts} from '../helpers/ports.js';
import {temporaryFolder, writePair} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {know, me, newKey, startSshd, type Sshd} from '../ssh-client/sshd.js';
import {execute, password, servedAppliance} from '../ssh-server/served.js';

const testWithSshd = testWith('sshd', 'ssh', 'ssh-keygen');

type Desk = {folder: string; crt: string; key: string};

async function deskWithPair(t: ExecutionContext): Promise<Desk> {
	const folder = await temporaryFolder(t);
	const [crt, key] = [path.join(folder, 'ts1.pem'), path.join(folder, 'ts1.key')];
	await writePair(crt, key);
	return {folder, crt, key};
}

/** A configuration of OpenSSH's client. */
async function configOf({folder}: Desk, ...lines: string[]): Promise<string[]> {
	const file = path.join(folder, 'config');
	await writeFile(file, [...lines, 'Match all', 'IdentityAgent none', 'GlobalKnownHostsFile /dev/null', 'IdentitiesOnly yes', ''].join('\n'));
	return ['--config', file];
}

const optionsFor = ({folder}: Sshd) => ['--identity', path.join(folder, 'id'), '--known-hosts', path.join(folder, 'known_hosts')];
const urlOf = ({port, incoming}: Sshd) => `sftp://${me}@127.0.0.1:${port}${incoming}`;
const exists = async (file: string) => access(file).then(() => true, () => false);

async function hasPair(t: ExecutionContext, {crt, key}: Desk, incoming: string): Promise<void> {
	t.deepEqual((await readdir(incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
	t.is(await readFile(path.join(incoming, 'SOAPServer.crt'), 'utf8'), await readFile(crt, 'utf8'));
	t.is(await readFile(path.join(incoming, 'SOAPServer.key'), 'utf8'), await readFile(key, 'utf8'));
}

testWith('ssh')('to the appliance as tancopy, with the password from a script', async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const config = await configOf(workFolder);
	const {exitCode, stdout, stderr} = await tanos(['upload', workFolder.crt, workFolder.key, `127.0.0.1:${port}`, '--known-hosts', path.join(home, 'known_hosts'), ...config, '--host', 'ts1.example.com'], {input: `wrong\n${password}\n`});
	t.is(exitCode, 0, stderr);
	t.regex(stdout, /^warning self-signed/m);
	t.regex(stdout, /^done {4}127\.0\.0\.1:\d+: SOAPServer\.crt \(\d+ bytes\) and SOAPServer\.key \(\d+ bytes\) in \/incoming, read back and verified\. Host key SHA256:/m);
	t.regex(stderr, /ts1\.key was kept/);
	t.notRegex(stdout + stderr, /[\0-\u0009\u000B-\u001F]|PRIVATE|Copy-it/);
	await hasPair(t, {...workFolder}, layout.incoming);
});

testWith('ssh')('the program SSH_ASKPASS answers, as for OpenSSH', async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const env = {SSH_ASKPASS: path.join(home, 'ask'), SSH_ASKPASS_REQUIRE: 'force', ANSWER: password};
	const {exitCode, stdout} = await tanos(['upload', workFolder.crt, workFolder.key, `127.0.0.1:${port}`, '--known-hosts', path.join(home, 'known_hosts'), ...await configOf(workFolder), '--delete-key', '--json'], {env});
	t.is(exitCode, 0);
	const report = JSON.parse(stdout) as {ok: boolean; keyDeleted: boolean; pair: {ok: boolean}; hosts: Array<{files: Array<{name: string; atomic: boolean}>}>};
	t.like(report, {ok: true, keyDeleted: true, pair: {ok: true}});
	t.deepEqual(report.hosts[0]!.files.map(({name, atomic}) => [name, atomic]), [['SOAPServer.crt', true], ['SOAPServer.key', true]]);
	t.false(await exists(workFolder.key));
	t.true(await exists(workFolder.crt));
	t.is((await readdir(layout.incoming)).length, 2);
});

testWithSshd('by a name of OpenSSH\'s configuration, through two hosts that are named there, too', async t => {
	const workFolder = await deskWithPair(t);
	const [first, second, last] = [await startSshd(t), await startSshd(t), await startSshd(t)];
	const hostLines = ({port, folder}: Sshd) => ['HostName 127.0.0.1', `Port ${port}`, `User ${me}`, `IdentityFile ${folder}/id`, `UserKnownHostsFile ${folder}/known_hosts`];
	const included = path.join(workFolder.folder, 'included');
	await writeFile(included, ['Host way-in', ...hostLines(first), ''].join('\n'));
	await execute('ssh-keygen', ['-H', '-f', path.join(last.folder, 'known_hosts')]);
	const config = await configOf(workFolder, `Include ${included}`, 'Host middle', ...hostLines(second), 'ProxyJump way-in', 'Host ts1', ...hostLines(last), 'ProxyJump middle');
	const {exitCode, stdout, stderr} = await tanos(['upload', workFolder.crt, workFolder.key, `sftp://ts1${last.incoming}`, ...config, '--keep-key']);
	t.is(exitCode, 0, stdout + stderr);
	t.is(stderr, '');
	await hasPair(t, workFolder, last.incoming);
	t.regex(first.log(), /Accepted publickey/);
	t.regex(second.log(), /Accepted publickey/);

	await know(second.folder, second.port, 'ed25519', last.folder);
	const changed = await tanos(['upload', workFolder.crt, workFolder.key, `sftp://ts1${last.incoming}`, ...config]);
	t.is(changed.exitCode, 1);
	t.regex(changed.stdout, /failed {2}ts1: middle presents the ED25519 key .* has SHA256:/);
	t.regex(changed.stdout, /ssh-keygen -f .* -R/);

	const command = await configOf(workFolder, 'Host ts1', 'ProxyCommand nc %h %p');
	t.regex((await tanos(['upload', workFolder.crt, workFolder.key, 'ts1', ...command])).stdout, /failed {2}ts1: .*ProxyCommand/);
	const circle = await configOf(workFolder, 'Host ts1', 'ProxyJump ts2', 'Host ts2', 'ProxyJump ts1');
	t.regex((await tanos(['upload', workFolder.crt, workFolder.key, 'ts1', ...circle])).stdout, /more than 8 hosts/);
	const wrong = await configOf(workFolder, 'Host ts1', 'Prot 22');
	t.regex((await tanos(['upload', workFolder.crt, workFolder.key, 'ts1', ...wrong])).stdout, /rejects its configuration.*prot/i);
});

testWithSshd('of two hosts one is down: the other has the pair, and the key stays', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const [nobody = 0] = await freePorts(1);
	const words = ['upload', workFolder.crt, workFolder.key, `127.0.0.1:${nobody}`, urlOf(sshd), ...optionsFor(sshd), ...await configOf(workFolder), '--delete-key'];
	const {exitCode, stdout, stderr} = await tanos(words);
	t.is(exitCode, 1);
	t.regex(stdout, new RegExp(`^failed {2}127\\.0\\.0\\.1:${nobody}: .*the connection is refused`, 'm'));
	t.regex(stdout, new RegExp(`^done {4}${me}@127\\.0\\.0\\.1:${sshd.port}: `, 'm'));
	t.regex(stdout, /1 of 2 hosts have the pair\. Not: 127\.0\.0\.1:\d+ \(unreachable\)\./);
	t.regex(stderr, /was kept: not every host has it/);
	t.true(await exists(workFolder.key));
	await hasPair(t, workFolder, sshd.incoming);
	const {hosts, ok} = JSON.parse((await tanos([...words, '--json'])).stdout) as {ok: boolean; hosts: Array<{ok: boolean; code?: string}>};
	t.deepEqual({ok, hosts: hosts.map(({ok, code}) => [ok, code])}, {ok: false, hosts: [[false, 'unreachable'], [true, undefined]]});
});

testWithSshd('a pair that does not belong together is not uploaded, unless that is wanted', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const other = path.join(workFolder.folder, 'other.key');
	await writePair(path.join(workFolder.folder, 'other.pem'), other);
	const words = ['upload', workFolder.crt, other, urlOf(sshd), ...optionsFor(sshd), ...await configOf(workFolder), '--keep-key', '--host', 'elsewhere.example.com'];
	const {exitCode, stdout} = await tanos(words);
	t.is(exitCode, 1);
	t.regex(stdout, /^error key-mismatch/m);
	t.regex(stdout, /^error san-host/m);
	t.regex(stdout, /Nothing was uploaded/);
	t.notRegex(sshd.log(), /Connection from/);
	t.like(JSON.parse((await tanos([...words, '--json'])).stdout), {ok: false, pair: {ok: false}, hosts: [], keyDeleted: false});
	t.is((await tanos([...words, '--force'])).exitCode, 0);
	await hasPair(t, {...workFolder, key: other}, sshd.incoming);
	const none = await tanos(['upload', workFolder.crt, path.join(workFolder.folder, 'none'), urlOf(sshd), '--force']);
	t.is(none.exitCode, 1);
	t.regex(none.stderr, /none cannot be uploaded/);
});

testWithSshd('a script is never asked whether a host is the right one', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	await writeFile(path.join(sshd.folder, 'known_hosts'), '');
	const {exitCode, stdout} = await tanos(['upload', workFolder.crt, workFolder.key, urlOf(sshd), ...optionsFor(sshd), ...await configOf(workFolder)], {input: 'yes\nyes\n'});
	t.is(exitCode, 1);
	t.regex(stdout, /is unknown: it presents the ED25519 key SHA256:/);
	t.is(await readFile(path.join(sshd.folder, 'known_hosts'), 'utf8'), '');
	t.deepEqual(await readdir(sshd.incoming), []);
});

test('without OpenSSH\'s client it says that no configuration was read', async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const empty = path.join(workFolder.folder, 'empty');
	await mkdir(empty);
	const options = ['--identity', path.join(home, 'id'), '--known-hosts', path.join(home, 'known_hosts'), '--keep-key'];
	const {exitCode, stderr} = await tanos(['upload', workFolder.crt, workFolder.key, `127.0.0.1:${port}`, ...options], {env: {PATH: empty, SSH_AUTH_SOCK: ''}});
	t.is(exitCode, 0, stderr);
	t.is(stderr, 'OpenSSH\'s client is not installed, so ~/.ssh/config was not read.');
	await hasPair(t, workFolder, layout.incoming);
});

testWithSshd('at a terminal: the fingerprint, a passphrase that is not shown, and the key is deleted on a yes', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const identity = path.join(workFolder.folder, 'identity');
	await newKey(identity, undefined, 'correct horse');
	await writeFile(path.join(sshd.folder, 'authorized_keys'), await readFile(`${identity}.pub`));
	const known = path.join(workFolder.folder, 'known_hosts');
	const terminal = openPty(process.execPath, [tanosFile, 'upload', workFolder.crt, workFolder.key, urlOf(sshd), '--identity', identity, '--known-hosts', known, ...await configOf(workFolder)], workFolder.folder, {
		columns: 200, rows: 24, environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
	});
	t.teardown(async () => terminal.kill());
	const fingerprint = (await execute('ssh-keygen', ['-lf', path.join(sshd.folder, 'host_ed25519.pub')])).out.split(' ')[1]!;
	const answers: Array<[RegExp, string]> = [
		[/\(yes\/no\/\[fingerprint\]\)\? $/, 'perhaps\r'], [/Please type 'yes', 'no' or the fingerprint: $/, `${fingerprint}\r`],
		[/Enter passphrase for key '.*': $/, 'wrong\u007F\u0015correct horse\r'], [/Delete .*\(yes\/no\) $/, 'nope\b\b\b\byes\r'],
	];
	let seen = '';
	terminal.onData(text => {
		seen += text;
		if (answers[0]?.[0].test(seen)) {
			terminal.write(answers.shift()![1]);
		}
	});
	const code = await new Promise<number>(resolve => {
		terminal.onExit(resolve);
	});
	t.is(code, 0, seen);
	t.deepEqual(answers, []);
	t.true(seen.includes(`ED25519 key fingerprint is ${fingerprint}.`));
	t.regex(seen, /SOAPServer\.key reading back/);
	t.notRegex(seen, /correct|horse|wrong/);
	t.false(await exists(workFolder.key));
	t.is((await execute('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', known])).status, 0);
	t.is((await readdir(sshd.incoming)).length, 2);
});

testWith('ssh')('--config none and /dev/null read no configuration', async t => {
	const workFolder = await deskWithPair(t);
	const [nobody = 0] = await freePorts(1);
	for (const config of ['none', '/dev/null']) {
		const {exitCode, stdout, stderr} = await tanos(['upload', workFolder.crt, workFolder.key, `127.0.0.1:${nobody}`, '--config', config]);
		t.is(exitCode, 1, stderr);
		t.regex(stdout, /failed {2}127\.0\.0\.1:\d+: .*the connection is refused/, config);
	}
});

test('what it says to words that it does not understand', async t => {
	const folder = await temporaryFolder(t);
	for (const [words, says] of [
		[[], /tanos upload CRT KEY/],
		[['crt', 'key'], /tanos upload CRT KEY/],
		[['crt', 'key', 'host', '--delete-key', '--keep-key'], /cannot be combined/],
		[['crt', 'key', 'tancopy:secret@host'], /do not put a password on the command line/],
		[['crt', 'key', 'sftp://tancopy:secret@host'], /do not put a password on the command line/],
		[['crt', 'key', 'host:70000'], /port 70000 is not valid/],
		[['crt', 'key', '--', '-oProxyCommand=id'], /is not a host/],
		[['crt', 'key', '$(id)'], /is not a host/],
		[['crt', 'key', 'host', '--nonsense'], /--nonsense/],
		[['crt', 'key', 'host', '--identity', path.join(folder, 'none')], /--identity .*none: there is no such file/],
		[['crt', 'key', 'host', '--config', path.join(folder, 'none')], /--config .*none: there is no such file/],
	] as Array<[string[], RegExp]>) {
		const {exitCode, stderr, stdout} = await tanos(['upload', ...words]);
		t.is(exitCode, 2, words.join(' '));
		t.regex(stderr, says);
		t.notRegex(stderr, /secret/);
		t.is(stdout, '');
	}

	t.deepEqual(await readdir(folder), []);
});
