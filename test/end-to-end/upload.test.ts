// The operator's desk and the appliance's: the command itself, against OpenSSH's server and this project's own.
import {readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {tanos} from '../helpers/appliance.js';
import {freePorts} from '../helpers/ports.js';
import {writePair} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {know, me, startSshd, type Sshd} from '../ssh-client/sshd.js';
import {execute, password, servedAppliance} from '../ssh-server/served.js';
import {testWithSshd, deskWithPair, configOf, optionsFor, urlOf, exists, hasPair} from './upload-files.js';

testWith('ssh')('to the appliance as tancopy, with the password from a script', async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const config = await configOf(workFolder);
	const {exitCode, stdout, stderr} = await tanos(
		[
			'upload',
			workFolder.crt,
			workFolder.key,
			`127.0.0.1:${port}`,
			'--known-hosts',
			path.join(home, 'known_hosts'),
			...config,
			'--host',
			'ts1.example.com',
		],
		{input: `wrong\n${password}\n`},
	);
	t.is(exitCode, 0, stderr);
	t.regex(stdout, /^warning self-signed/m);
	t.regex(
		stdout,
		new RegExp(
			String.raw`^done {4}127\.0\.0\.1:\d+: SOAPServer\.crt \(\d+ bytes\) and SOAPServer\.key \(\d+ bytes\) `
				+ String.raw`in /incoming, read back and verified\. Host key SHA256:`,
			'm',
		),
	);
	t.regex(stderr, /ts1\.key was kept/);
	t.notRegex(stdout + stderr, /[\0-\u0009\u000B-\u001F]|PRIVATE|Copy-it/);
	await hasPair(t, {...workFolder}, layout.incoming);
});

testWith('ssh')('the program in SSH_ASKPASS answers, as with OpenSSH', async t => {
	const workFolder = await deskWithPair(t);
	const {port, home, layout} = await servedAppliance(t);
	const env = {SSH_ASKPASS: path.join(home, 'ask'), SSH_ASKPASS_REQUIRE: 'force', ANSWER: password};
	const {exitCode, stdout} = await tanos(
		[
			'upload',
			workFolder.crt,
			workFolder.key,
			`127.0.0.1:${port}`,
			'--known-hosts',
			path.join(home, 'known_hosts'),
			...(await configOf(workFolder)),
			'--delete-key',
			'--json',
		],
		{env},
	);
	t.is(exitCode, 0);
	const report = JSON.parse(stdout) as {
		ok: boolean;
		keyDeleted: boolean;
		pair: {ok: boolean};
		hosts: Array<{files: Array<{name: string; atomic: boolean}>}>;
	};
	t.like(report, {ok: true, keyDeleted: true, pair: {ok: true}});
	t.deepEqual(
		report.hosts[0]!.files.map(({name, atomic}) => [name, atomic]),
		[
			['SOAPServer.crt', true],
			['SOAPServer.key', true],
		],
	);
	t.false(await exists(workFolder.key));
	t.true(await exists(workFolder.crt));
	t.is((await readdir(layout.incoming)).length, 2);
});

testWithSshd("a host name and two jump hosts are taken from OpenSSH's configuration", async t => {
	const workFolder = await deskWithPair(t);
	const [first, second, last] = [await startSshd(t), await startSshd(t), await startSshd(t)];
	const hostLines = ({port, folder}: Sshd) => [
		'HostName 127.0.0.1',
		`Port ${port}`,
		`User ${me}`,
		`IdentityFile ${folder}/id`,
		`UserKnownHostsFile ${folder}/known_hosts`,
	];
	const included = path.join(workFolder.folder, 'included');
	await writeFile(included, ['Host way-in', ...hostLines(first), ''].join('\n'));
	await execute('ssh-keygen', ['-H', '-f', path.join(last.folder, 'known_hosts')]);
	const config = await configOf(
		workFolder,
		`Include ${included}`,
		'Host middle',
		...hostLines(second),
		'ProxyJump way-in',
		'Host ts1',
		...hostLines(last),
		'ProxyJump middle',
	);
	const {exitCode, stdout, stderr} = await tanos([
		'upload',
		workFolder.crt,
		workFolder.key,
		`sftp://ts1${last.incoming}`,
		...config,
		'--keep-key',
	]);
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

testWithSshd('when one of two hosts is down, the other gets the pair, and the local key is kept', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const [nobody = 0] = await freePorts(1);
	const words = [
		'upload',
		workFolder.crt,
		workFolder.key,
		`127.0.0.1:${nobody}`,
		urlOf(sshd),
		...optionsFor(sshd),
		...(await configOf(workFolder)),
		'--delete-key',
	];
	const {exitCode, stdout, stderr} = await tanos(words);
	t.is(exitCode, 1);
	t.regex(stdout, new RegExp(`^failed {2}127\\.0\\.0\\.1:${nobody}: .*the connection is refused`, 'm'));
	t.regex(stdout, new RegExp(`^done {4}${me}@127\\.0\\.0\\.1:${sshd.port}: `, 'm'));
	t.regex(stdout, /1 of 2 hosts have the pair\. Missing: 127\.0\.0\.1:\d+ \(unreachable\)\./);
	t.regex(stderr, /was kept: not every host has it/);
	t.true(await exists(workFolder.key));
	await hasPair(t, workFolder, sshd.incoming);
	const {hosts, ok} = JSON.parse((await tanos([...words, '--json'])).stdout) as {ok: boolean; hosts: Array<{ok: boolean; code?: string}>};
	t.deepEqual(
		{ok, hosts: hosts.map(({ok, code}) => [ok, code])},
		{
			ok: false,
			hosts: [
				[false, 'unreachable'],
				[true, undefined],
			],
		},
	);
});

testWithSshd('a pair that does not match is not uploaded without --force', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const other = path.join(workFolder.folder, 'other.key');
	await writePair(path.join(workFolder.folder, 'other.pem'), other);
	const words = [
		'upload',
		workFolder.crt,
		other,
		urlOf(sshd),
		...optionsFor(sshd),
		...(await configOf(workFolder)),
		'--keep-key',
		'--host',
		'elsewhere.example.com',
	];
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

testWithSshd('a certificate whose key is on the appliance is checked and uploaded alone', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const words = ['upload', workFolder.crt, urlOf(sshd), ...optionsFor(sshd), ...(await configOf(workFolder))];
	const {exitCode, stdout, stderr} = await tanos(words);
	t.is(exitCode, 0, stderr);
	t.regex(stdout, /^The certificate can be installed with its key, which was not checked\.$/m);
	t.regex(stdout, /^done {4}\S+: SOAPServer\.crt \(\d+ bytes\) in \S+, read back and verified\./m);
	t.is(stderr, '', 'nothing is said about a local key');
	t.deepEqual(await readdir(sshd.incoming), ['SOAPServer.crt']);

	const refused = await tanos([...words, '--host', 'ts9.example.com']);
	t.is(refused.exitCode, 1);
	t.regex(refused.stdout, /^The certificate cannot be installed\.\nNothing was uploaded/m);
});

testWithSshd('a host that the certificate does not name is reported', async t => {
	const workFolder = await deskWithPair(t);
	const sshd = await startSshd(t);
	const lines = ['Host ts?.example.com', 'HostName 127.0.0.1', `Port ${sshd.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`];
	const config = await configOf(workFolder, ...lines);
	const upload = async (host: string) =>
		tanos(['upload', workFolder.crt, workFolder.key, `sftp://${me}@${host}${sshd.incoming}`, ...optionsFor(sshd), ...config, '--keep-key']);
	const named = await upload('ts1.example.com');
	t.is(named.exitCode, 0, named.stdout + named.stderr);
	t.notRegex(named.stderr, /does not name/);
	const other = await upload('ts9.example.com');
	t.is(other.exitCode, 0, other.stdout + other.stderr);
	t.regex(other.stderr, /^The certificate does not name "?ts9\.example\.com"?, where it is uploaded to\.$/m);
});

test('a forgotten host is reported, not looked up', async t => {
	const workFolder = await deskWithPair(t);
	for (const word of [workFolder.key, 'SOAPServer.key']) {
		const {exitCode, stderr} = await tanos(['upload', workFolder.crt, word]);
		t.is(exitCode, 2);
		t.regex(stderr, /The appliance is missing: \S+ is a file\. tanos upload CRT KEY \[USER@\]HOST/);
	}
});
