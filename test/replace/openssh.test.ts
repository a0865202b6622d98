// `tanos replace` over OpenSSH's sshd, with PAM and accounts of a host. openssl judges what is served.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {makeAppliance, tanos, tanosFile, untilAudited, type Appliance} from '../helpers/appliance.js';
import {startOpenssh, type Openssh, type OpensshOptions} from '../helpers/openssh.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {me, startSshd} from '../ssh-client/sshd.js';
import {deskFor, presentedTo, type Desk, type Replaced} from './desk.js';

const programs = ['sshd', 'ssh-keygen', 'mount', 'openssl'] as const;
const test = testWith(...programs);

type Reached = {
	appliance: Appliance;
	desk: Desk;
	sshd: Openssh;
	before: string;
	replace(words?: readonly string[], input?: string): Promise<Replaced>;
};

async function reached(t: ExecutionContext, options: OpensshOptions = {}): Promise<Reached> {
	const appliance = await makeAppliance(t);
	await tanos(['appliance', 'start', '--root', appliance.root]);
	const desk = await deskFor(appliance);
	const sshd = await startOpenssh(t, appliance, options);
	const replace: Reached['replace'] = async (words, input = '') => desk.replace(words, {...sshd, input});
	return {appliance, desk, sshd, before: await presentedTo(appliance.ports.console), replace};
}

/** It was replaced, by openssl, and no password is anywhere. */
async function assertReplaced(t: ExecutionContext, {appliance, desk}: Reached, {exitCode, host, everything, stderr}: Replaced) {
	t.is(exitCode, 0, everything + stderr);
	t.is(host.outcome, 'replaced');
	t.is(await presentedTo(appliance.ports.console), await desk.fingerprint());
	t.false(Object.values(appliance.passwords).some(password => everything.includes(password)));
}

test('signs in to the host and to the console, without ready marks', async t => {
	const site = await reached(t, {marks: false});
	const replaced = await site.replace();
	await assertReplaced(t, site, replaced);
	t.deepEqual(
		replaced.host.screens.slice(0, 3).map(({id, typed}) => [id, typed]),
		[
			['login', 'tanadmin'],
			['login-password', '<account-password>'],
			['main-menu', '2'],
		],
	);
});

for (const methods of ['publickey,password', 'publickey,keyboard-interactive']) {
	test(`with key and password both required (${methods})`, async t => {
		const site = await reached(t, {methods});
		const refused = await site.replace();
		t.is(refused.exitCode, 1);
		t.is(refused.host.problem!.code, 'permission-denied');
		t.is(await presentedTo(site.appliance.ports.console), site.before);
		await assertReplaced(t, site, await site.replace(['--identity', site.sshd.identity]));
	});
}

/** It stopped before anything was changed. */
async function assertUntouched(t: ExecutionContext, {appliance, before}: Reached, {exitCode, everything}: Replaced, code: string) {
	t.is(exitCode, 1, everything);
	t.regex(everything, new RegExp(`"code": "${code}"`));
	t.is(await presentedTo(appliance.ports.console), before);
	t.false(Object.values(appliance.passwords).some(password => everything.includes(password)));
}

test('an expired password, asked for during the authentication: nothing is answered', async t => {
	const site = await reached(t, {isExpired: true, methods: 'keyboard-interactive'});
	const replaced = await site.replace();
	await assertUntouched(t, site, replaced, 'password-expired');
	t.deepEqual(replaced.host.screens, []);
	t.regex(replaced.stdout, /The host asks to change the password: [^]*password:\nSign in by hand and change it\./);
});

test('an expired password, asked for on the terminal: nothing is typed', async t => {
	const site = await reached(t, {isExpired: true, methods: 'password'});
	const replaced = await site.replace();
	await assertUntouched(t, site, replaced, 'password-expired');
	t.is(replaced.host.outcome, 'stopped');
	t.is(replaced.host.screens.length, 1);
	t.regex(replaced.host.screens[0]!.screen, /You are required to change your password immediately/);
	t.is(replaced.host.screens[0]!.typed, undefined);
	t.regex(replaced.stdout, /The host asks to change the password\. Nothing was typed\.\nSign in by hand and change it\./);
});

testWith(...programs, 'pam_oath')('a one-time code beside the password is asked for, and written nowhere', async t => {
	const users = path.join(await temporaryFolder(t), 'oath');
	await writeFile(users, `HOTP tanadmin - ${Buffer.from('12345678901234567890').toString('hex')}\n`, {mode: 0o600});
	const site = await reached(t, {methods: 'keyboard-interactive', pam: [`pam_oath.so usersfile=${users} window=3 digits=6`]});
	await assertUntouched(t, site, await site.replace([], '000000\n'), 'permission-denied');
	const replaced = await site.replace([], '755224\n'); // RFC 4226, appendix D, counter 0.
	await assertReplaced(t, site, replaced);
	t.false(replaced.everything.includes('755224'));
});

test('several hosts: the first failure ends it, and the report names those that were not begun', async t => {
	const [site, other] = [await reached(t), await reached(t)];
	const known = path.join(site.desk.folder, 'all_hosts');
	await writeFile(known, await knownLines(site.sshd, other.sshd));
	const {exitCode, stdout, everything} = await site.replace([
		`127.0.0.1:${other.sshd.port}`, // Whose password is another.
		'127.0.0.1:9',
		...[other.appliance.ports.console, 9].flatMap(port => ['--console', `127.0.0.1:${port}`]),
		'--known-hosts',
		known,
		'--delete-key',
	]);
	t.is(exitCode, 1, stdout);
	const {hosts, left, keyDeleted} = JSON.parse(await readFile(path.join(site.desk.folder, 'report', 'report.json'), 'utf8')) as Report;
	t.deepEqual(
		hosts.map(({outcome}) => outcome),
		['replaced', 'failed'],
	);
	t.deepEqual(left, ['127.0.0.1:9']);
	t.false(keyDeleted);
	t.is(await presentedTo(site.appliance.ports.console), await site.desk.fingerprint());
	t.is(await presentedTo(other.appliance.ports.console), other.before);
	t.false(Object.values(site.appliance.passwords).some(password => everything.includes(password)));
});

test('through a jump host', async t => {
	const [site, jump] = [await reached(t), await startSshd(t)];
	const folder = await temporaryFolder(t);
	const [config, known] = [path.join(folder, 'config'), path.join(folder, 'known_hosts')];
	const {port} = jump;
	await writeFile(
		config,
		[
			`Host 127.0.0.1\nProxyJump ${me}@jump`,
			`Host jump\nHostName 127.0.0.1\nPort ${port}\nIdentityFile ${path.join(jump.folder, 'id')}\nIdentitiesOnly yes\n`,
		].join('\n'),
	);
	await writeFile(known, await knownLines(site.sshd, {port, hostKey: path.join(jump.folder, 'host_ed25519.pub')}));
	await assertReplaced(t, site, await site.replace(['-F', config, '--known-hosts', known]));
	t.is(jump.log().match(/Accepted publickey/g)?.length, 2);
});

test('Ctrl+C half way ends the session, and the report says what is true', async t => {
	const site = await reached(t);
	const report = path.join(site.desk.folder, 'report');
	await site.desk.know(site.sshd.port, site.sshd.hostKey);
	const words = [tanosFile, ...site.desk.words({...site.sshd, report})];
	const command = execa(process.execPath, words, {reject: false, input: '', env: {SSH_AUTH_SOCK: ''}});
	await untilAudited(site.appliance, 'installation-began');
	command.kill('SIGINT');
	const {exitCode, stdout} = await command;
	t.is(exitCode, 3, stdout);
	const {hosts} = JSON.parse(await readFile(path.join(report, 'report.json'), 'utf8')) as Report;
	t.is(hosts[0]!.outcome, 'unfinished');
	t.is(hosts[0]!.problem!.code, 'line-lost');
	t.is(await presentedTo(site.appliance.ports.console), await site.desk.fingerprint());
	t.regex(stdout, /The session ended before the job did\. The new certificate is served\./);
});

type Report = {hosts: Array<{outcome: string; problem?: {code: string}}>; left: string[]; keyDeleted: boolean};

async function knownLines(...hosts: Array<Pick<Openssh, 'port' | 'hostKey'>>): Promise<string> {
	const lines = await Promise.all(hosts.map(async ({port, hostKey}) => `[127.0.0.1]:${port} ${await readFile(hostKey, 'utf8')}`));
	return lines.join('');
}
