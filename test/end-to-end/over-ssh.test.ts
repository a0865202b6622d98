// The console and the command line with OpenSSH's own client, on good days and bad ones.
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {makeAppliance, overSsh, putIncoming, untilAudited, type Appliance} from '../helpers/appliance.js';
import {fingerprintOfFile, orderPair, servedFingerprint} from '../helpers/authority.js';
import {testWith} from '../helpers/test-with.js';
import {Operator} from './operator.js';

const test = testWith('ssh');

type Visited = Appliance & {way: Awaited<ReturnType<typeof overSsh>>};

async function visited(t: ExecutionContext, {upload = false} = {}): Promise<Visited> {
	const appliance = await makeAppliance(t);
	if (upload) {
		await orderPair(appliance.workFolder);
		await putIncoming(appliance, appliance.workFolder);
	}

	return {...appliance, way: await overSsh(appliance, 'tanadmin')};
}

/** Runs `ssh HOST WORDS` without a terminal. */
async function ssh({way}: Visited, words: string, input = '') {
	return execa('ssh', [...way.arguments.filter(word => word !== '-tt'), words], {input, reject: false});
}

async function served(appliance: Appliance): Promise<string> {
	return servedFingerprint(appliance.ports.console);
}

test('the whole job in commands: check, dry run, install, register, restore', async t => {
	const appliance = await visited(t, {upload: true});
	const [old, fresh] = [await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt'))];
	t.is((await ssh(appliance, 'soap check')).exitCode, 0);
	t.regex((await ssh(appliance, 'soap install --dry-run')).stdout, /Steps:\n {2}Stage the new pair[^]+Dry run\. Nothing was changed\.$/);
	t.is((await ssh(appliance, 'soap install', 'no\n')).exitCode, 1);
	t.is((await ssh(appliance, 'soap install')).exitCode, 1, 'no answer is a no');
	t.is(await served(appliance), old);

	const installed = await ssh(appliance, 'soap install json', 'yes\n');
	t.is(installed.exitCode, 0, installed.stderr);
	t.is((JSON.parse(installed.stdout) as {outcome: string}).outcome, 'installed');
	t.is(await served(appliance), fresh);
	t.is((await ssh(appliance, 'soap status')).exitCode, 1, 'served, but not trusted yet');
	t.is((await ssh(appliance, 'soap register', 'wrong\n')).exitCode, 1);
	t.is((await ssh(appliance, 'soap register', `${appliance.passwords.tanium}\n`)).exitCode, 0);
	t.is((await ssh(appliance, 'SOAP Status')).exitCode, 0);
	t.is((await ssh(appliance, 'show fingerprint soap')).stdout, `SHA-256 ${fresh}`);

	const {backups} = JSON.parse((await ssh(appliance, 'soap backups json')).stdout) as {backups: Array<{id: string}>};
	const restored = await ssh(appliance, `soap restore ${backups[0]!.id}`, 'yes\n');
	t.is(restored.exitCode, 0, restored.stderr);
	t.is(await served(appliance), old);
	t.is((await ssh(appliance, 'soap check')).exitCode, 1, 'the upload was used up');
	t.false((await readFile(appliance.layout.audit, 'utf8')).includes(appliance.passwords.tanium));
});

test('a connection that is lost during an installation does not stop it, and the next sign-in reports its outcome', async t => {
	const appliance = await visited(t, {upload: true});
	const operator = new Operator(t, appliance, appliance.way);
	await operator.type('2-4\rYES\r');
	operator.send('Y\r');
	await operator.sees(/done +Stage the new pair/);
	await operator.kill();
	const next = new Operator(t, appliance, appliance.way);
	await next.sees(/Since the Last Session|Main Menu/);
	await untilAudited(appliance, 'installation-ended');
	t.is(await served(appliance), await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt')));
	const third = new Operator(t, appliance, appliance.way);
	await third.sees(/The new certificate is installed/);
});

test('in a terminal a command asks for a secret without showing it', async t => {
	const appliance = await visited(t);
	const operator = new Operator(t, appliance, {...appliance.way, arguments: [...appliance.way.arguments, 'set password']});
	await operator.sees(/Current password:/);
	operator.send(`${appliance.passwords.tanadmin}\r`);
	await operator.sees(/New password:/);
	operator.send('Fresh-Staple-2\r');
	await operator.sees(/New password again:/);
	operator.send('Fresh-Staple-2\r');
	await operator.sees(/The password was changed/);
	t.notRegex(operator.screen, /Staple/);
	t.false(operator.screen.includes(appliance.passwords.tanadmin));
	t.is(await operator.ended, 0);
});

test('input, pastes and resizes of one session do not affect another', async t => {
	const appliance = await visited(t);
	const [calm, wild] = [new Operator(t, appliance, appliance.way), new Operator(t, appliance, appliance.way)];
	await calm.type('2\r');
	wild.resize(1, 1);
	await wild.type('x1y2\u0000\u001B[200~\u00FF'.repeat(80_000));
	wild.resize(200, 50);
	await calm.type('4\r');
	t.regex(calm.screen, /2-4 {2}Install Custom SOAP Cert/);
	await wild.kill();
	await calm.type('no\r\rrr\r');
	t.regex(calm.screen, /Main Menu/);
});

test('without a terminal, and on a dumb one, the console uses plain lines and prints a hint', async t => {
	const appliance = await visited(t);
	const piped = await execa(
		'ssh',
		appliance.way.arguments.map(word => (word === '-tt' ? '-T' : word)),
		{input: '4\n\nz\n', reject: false},
	);
	t.is(piped.exitCode, 0);
	t.regex(
		piped.stdout,
		/^Plain lines, because there is no terminal\. For the full console use ssh -t.*\n\nTanOS .*tanadmin\nCertificate valid to .*\nMain Menu/,
	);
	t.regex(piped.stdout, /All connections work/);
	const dumb = await execa('ssh', appliance.way.arguments, {input: 'z\r', reject: false, env: {TERM: 'dumb'}});
	t.is(dumb.exitCode, 0);
	t.regex(dumb.stdout, /^Plain lines, because this terminal cannot move its cursor/);
	t.notRegex(dumb.stdout, /\u001B/);
});

test('a thousand idle connections do not affect open sessions, and all of them are closed', async t => {
	const appliance = await visited(t);
	const operator = new Operator(t, appliance, appliance.way);
	await operator.type('2\r');
	const sockets = Array.from({length: 1000}, () => connect(appliance.ports.ssh, '127.0.0.1').on('error', () => undefined));
	await Promise.all(sockets.map(async socket => Promise.race([once(socket, 'data'), once(socket, 'close')])));
	await operator.type('1\r');
	t.regex(operator.screen, /taniumserver +running/);
	for (const socket of sockets) {
		socket.destroy();
	}

	let info;
	do {
		info = await ssh(appliance, 'report info'); // 255 until the server has seen that enough of them are closed.
	} while (info.exitCode === 255);

	t.is(info.exitCode, 0, info.stderr);
});

test('thirty sessions at once each see their own screen', async t => {
	const appliance = await visited(t);
	await setSecuritySetting(appliance.layout, 'maximumLogins', 30, {user: 'tanadmin', from: 'console'});
	const operators: Operator[] = [];
	for (let batch = 0; batch < 3; batch++) {
		// No more than so many may be signing in at once.
		const more = Array.from({length: 10}, () => new Operator(t, appliance, appliance.way));
		await Promise.all(more.map(async (operator, index) => operator.type(index % 2 === 0 ? '2\r' : 'a\r')));
		operators.push(...more);
	}

	for (const [index, {screen}] of operators.entries()) {
		t.regex(screen, index % 2 === 0 ? /2 {2}Tanium Operations/ : /A {2}Appliance Configuration/);
	}
});

test('one console more than a user may have is refused over SSH, until another one has ended', async t => {
	const appliance = await visited(t);
	await setSecuritySetting(appliance.layout, 'maximumLogins', 1, {user: 'tanadmin', from: 'console'});
	const first = new Operator(t, appliance, appliance.way);
	await first.type('2\r');
	const second = new Operator(t, appliance, appliance.way);
	await second.sees(/tanadmin already has 1 console open; the maximum is 1\./);
	first.send('z\r');
	await first.ended;
	const third = new Operator(t, appliance, appliance.way);
	await third.type('2\r');
	t.regex(third.screen, /Tanium Operations/);
});
