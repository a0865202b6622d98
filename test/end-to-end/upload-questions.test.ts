// What `tanos upload` asks, and what it refuses.
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {openPty} from '../../src/replay/pty.js';
import {tanos, tanosFile} from '../helpers/appliance.js';
import {freePorts} from '../helpers/ports.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {newKey, startSshd} from '../ssh-client/sshd.js';
import {execute, servedAppliance} from '../ssh-server/served.js';
import {testWithSshd, deskWithPair, configOf, optionsFor, urlOf, exists, hasPair} from './upload-files.js';

testWithSshd('a script is never asked to verify a host key', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	await writeFile(path.join(sshd.folder, 'known_hosts'), '');
	const {exitCode, stdout} = await tanos(
		['upload', workFolder.crt, workFolder.key, urlOf(sshd), ...optionsFor(sshd), ...(await configOf(workFolder))],
		{input: 'yes\nyes\n'},
	);
	t.is(exitCode, 1);
	t.regex(stdout, /is unknown: it presents the ED25519 key SHA256:/);
	t.is(await readFile(path.join(sshd.folder, 'known_hosts'), 'utf8'), '');
	t.deepEqual(await readdir(sshd.incoming), []);
});

test("without OpenSSH's client a notice says that no configuration was read", async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const empty = path.join(workFolder.folder, 'empty');
	await mkdir(empty);
	const options = ['--identity', path.join(home, 'id'), '--known-hosts', path.join(home, 'known_hosts'), '--keep-key'];
	const {exitCode, stderr} = await tanos(['upload', workFolder.crt, workFolder.key, `127.0.0.1:${port}`, ...options], {
		env: {PATH: empty, SSH_AUTH_SOCK: ''},
	});
	t.is(exitCode, 0, stderr);
	t.is(stderr, "OpenSSH's client is not installed, so ~/.ssh/config was not read.");
	await hasPair(t, workFolder, layout.incoming);
});

testWithSshd('at a terminal: the fingerprint, a passphrase that is not shown, and the key is deleted on a yes', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const identity = path.join(workFolder.folder, 'identity');
	await newKey(identity, undefined, 'correct horse');
	await writeFile(path.join(sshd.folder, 'authorized_keys'), await readFile(`${identity}.pub`));
	const known = path.join(workFolder.folder, 'known_hosts');
	const terminal = openPty(
		process.execPath,
		[
			tanosFile,
			'upload',
			workFolder.crt,
			workFolder.key,
			urlOf(sshd),
			'--identity',
			identity,
			'--known-hosts',
			known,
			...(await configOf(workFolder)),
		],
		workFolder.folder,
		{
			columns: 200,
			rows: 24,
			environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
		},
	);
	t.teardown(async () => terminal.kill());
	const fingerprint = (await execute('ssh-keygen', ['-lf', path.join(sshd.folder, 'host_ed25519.pub')])).out.split(' ')[1]!;
	const answers: Array<[RegExp, string]> = [
		[/\(yes\/no\/\[fingerprint\]\)\? $/, 'perhaps\r'],
		[/Please type 'yes', 'no' or the fingerprint: $/, `${fingerprint}\r`],
		[/Enter passphrase for key '.*': $/, 'wrong\u007F\u0015correct horse\r'],
		[/Delete .*\(yes\/no\) $/, 'nope\b\b\b\byes\r'],
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

test('wrong arguments are reported', async t => {
	const folder = await temporaryFolder(t);
	for (const [words, says] of [
		[[], /tanos upload CRT \[KEY\]/],
		[['crt'], /tanos upload CRT \[KEY\]/],
		[['crt', 'ts1.key'], /tanos upload CRT KEY/],
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
