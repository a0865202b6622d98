// The command line without SSH: streams in memory, an appliance on disk, services that do as they are told.
import {mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../src/appliance/layout.js';
import {newKeyPair} from '../../src/certificates/issuance/self-signed.js';
import {commandFor, commands} from '../../src/tanos-commands/table.js';
import {runCommand} from '../../src/tanos-commands/run.js';
import {itemOf, menuAt, type UserRole} from '../../src/console/menus.js';
import {newPrivateKey, publicLineOf} from '../../src/ssh-keys/openssh-key.js';
import {open} from '../console/console-session.js';
import {makeSandbox, temporaryFolder} from '../helpers/sandbox.js';

type Options = {input?: string; role?: UserRole; site?: object; prepare?: (layout: Layout) => Promise<void>};

async function ran(t: ExecutionContext, line: string, {input = '', role = 'tanadmin', site = {}, prepare}: Options = {}) {
	const {environment, layout, audited} = await open(t);
	await prepare?.(layout);
	const streams = {input: new PassThrough(), output: new PassThrough(), errors: new PassThrough()};
	const [output, errors] = [text(streams.output), text(streams.errors)];
	streams.input.end(input);
	const session = {...environment, ...site, user: {name: role, role}};
	const code = await runCommand(
		line.split(' ').filter(word => word !== ''),
		session,
		{...streams, terminal: false},
	);
	streams.output.end();
	streams.errors.end();
	return {code, output: await output, errors: await errors, layout, audited};
}

for (const line of ['soap check', 'soap install', 'soap install --dry-run', 'soap install json']) {
	test(`${line} refuses /incoming as a symbolic link, in words`, async t => {
		const elsewhere = await temporaryFolder(t);
		const makeLink = async ({incoming}: Layout) => {
			await mkdir(path.dirname(incoming), {recursive: true});
			await symlink(elsewhere, incoming);
		};

		const {code, output, errors, layout} = await ran(t, line, {input: 'yes\n', prepare: makeLink});
		t.is(code, 1);
		t.true(`${output}${errors}`.includes(`${layout.incoming} is a symbolic link to ${elsewhere}.`), output + errors);
		t.regex(output + errors, /Put a folder in its place/);
	});
}

test('help lists what a role may use, under its headings', async t => {
	const {output, code} = await ran(t, 'help');
	t.is(code, 0);
	t.regex(output, /^The following commands are available in the TanOS CLI\.\n\nTanium Platform:\n soap status: Show/);
	t.regex(output, /\n\nTanOS Management:\n service: /);
	const {output: reader} = await ran(t, '', {role: 'tanuser'});
	t.regex(reader, /\n report info: .*\n\nTanOS Users:\n set password: .*\n add pubkeys: /);
	t.notRegex(reader, /soap|service/);
});

test('each command has its help, with the menu path of an entry that can be opened', async t => {
	for (const command of commands) {
		const {output, code} = await ran(t, `${command.name} help`);
		t.is(code, 0);
		t.regex(
			output,
			new RegExp(`^${command.name}\\n\\n[^]+\\n\\nUsage:   ${command.name}[^]*\\nExample: ${command.name.split(' ')[0]!}`, 'i'),
		);
		t.is((await ran(t, `help ${command.name}`)).output, output);
		if (command.menu !== undefined) {
			const path = command.menu.split('-');
			const item = itemOf(menuAt(path.slice(0, -1)), path.at(-1)!);
			t.true(item !== undefined && !('disabled' in item), command.menu);
			t.true(output.includes(`Menu:    ${command.menu}\n`));
		}
	}
});

test('help on a first word lists the commands that start with it', async t => {
	const {output, code} = await ran(t, 'soap help');
	t.is(code, 0);
	t.regex(output, / soap status: /);
	t.notRegex(output, /report info/);
});

test('words are accepted in upper or lower case, and the longest name wins', t => {
	t.is(commandFor(['SOAP', 'Request', 'x'])?.command.name, 'soap request');
	t.is(commandFor(['soap', 'requests'])?.command.name, 'soap requests');
	t.is(commandFor(['soap']), undefined);
});

test('wrong words are usage errors', async t => {
	for (const [line, says] of [
		['nothing', /There is no command nothing\./],
		['soap', /there are: soap status, soap check/],
		['report info twice', /nothing may follow/],
		['soap install now', /only --dry-run/],
		['soap restore', /Name one backup/],
		['soap restore ../../etc', /Name one backup/],
		['service', /Say what to do/],
		['service stop', /Name a service/],
		['service stop sshd', /no service sshd/],
		['set password secret', /nothing may follow/],
		['delete pubkeys', /Say which key/],
		['copy pubkeys tanuser', /copied to tancopy/],
		['security set menu_timeout soon', /Say what to set/],
		['system-auth reset ssh lockout', /Name the user/],
	] as const) {
		const {code, output, errors} = await ran(t, line);
		t.is(code, 2, line);
		t.is(output, '');
		t.regex(errors, says);
	}
});

test('a command that the role may not use is refused and logged, without a misplaced password', async t => {
	const {code, errors} = await ran(t, 'soap status', {role: 'tanuser'});
	t.is(code, 1);
	t.regex(errors, /soap status needs the tanadmin role/);
	const {audited} = await ran(t, 'set password Secret-Word-1');
	t.like((await audited()).at(-1), {event: 'command', user: 'tanadmin', command: 'set password'});
});

test('a password is changed by three lines of input', async t => {
	const good = await ran(t, 'set password', {input: 'Correct-Horse-1\nFresh-Staple-2\nFresh-Staple-2\n'});
	t.is(good.code, 0, good.errors);
	for (const input of ['wrong\n', 'Correct-Horse-1\nshort\nshort\n', 'Correct-Horse-1\nFresh-Staple-2\nFresh-Staple-3\n', '']) {
		const {code, output, errors} = await ran(t, 'set password', {input});
		t.is(code, 1);
		t.notRegex(output + errors, /Staple|Horse/);
	}
});

test('stopping asks for confirmation, starting does not, and no answer counts as no', async t => {
	t.is((await ran(t, 'service stop taniumserver', {input: 'no\n'})).code, 1);
	t.is((await ran(t, 'service stop taniumserver')).code, 1);
	t.is((await ran(t, 'service stop taniumserver', {input: 'YES\n'})).code, 0);
	t.is((await ran(t, 'service start all')).code, 0);
	t.is((await ran(t, 'service is-active patch')).output, 'inactive\n');
	t.is((await ran(t, 'service is-active patch')).code, 1);
	t.is((await ran(t, 'service stop patch', {input: 'yes\n'})).code, 1, 'what cannot be stopped is a failure');
});

test('with json there is one document on standard output and nothing else', async t => {
	const site = await makeSandbox(t);
	for (const line of [
		'report info',
		'service list',
		'soap check',
		'soap status',
		'soap backups',
		'soap requests',
		'show fingerprint soap',
		'soap install',
	]) {
		for (const word of ['json', '--json']) {
			const {output} = await ran(t, `${line} ${word}`, {site});
			t.is(output.trim().split('\n').length, 1, line);
			t.notThrows(() => JSON.parse(output) as unknown, line);
		}
	}
});

test('a request is printed alone, so that it can be kept in a file; what it lacks is said on standard error', async t => {
	const {code, output, errors} = await ran(t, 'soap request other.example.com');
	t.is(code, 0);
	t.regex(output, /^-----BEGIN CERTIFICATE REQUEST-----\n[^-]+-----END CERTIFICATE REQUEST-----\n$/);
	t.regex(errors, /^The request lacks ts1\.example\.com/);
});

test("keys are added, shown, copied and deleted; another user's only by an administrator", async t => {
	const key = publicLineOf(await newPrivateKey(''), 'me@laptop')!;
	const {layout} = await ran(t, 'help');
	const site = {layout};
	const added = await ran(t, 'add pubkeys', {input: `${key}\n`, site});
	t.is(added.code, 0, added.errors);
	t.regex(added.output, /\nAdded: 256 SHA256:[\w+/]{43} me@laptop \(ED25519\)\n$/);
	t.is((await ran(t, 'add pubkeys', {input: '-----BEGIN OPENSSH PRIVATE KEY-----\n', site})).code, 1);
	t.is((await ran(t, 'copy pubkeys tancopy', {site})).code, 0);
	t.regex((await ran(t, 'show pubkeys tancopy', {site})).output, /^ 1 {2}256 SHA256:/);
	t.is((await ran(t, 'show pubkeys tancopy', {site, role: 'tanuser'})).code, 1);
	t.is((await ran(t, 'show pubkeys nobody', {site})).code, 1);
	t.is((await ran(t, 'delete pubkeys 1', {site})).code, 0);
	t.is((await ran(t, 'show pubkeys', {site})).output, 'tanadmin has no authorized keys.\n');
});

test('the backup key is set from standard input, shown and removed', async t => {
	const {layout} = await ran(t, 'help');
	const site = {layout};
	await mkdir(layout.outgoing, {recursive: true});
	await writeFile(path.join(layout.outgoing, 'x-SOAPServer.key'), 'secret');
	t.regex((await ran(t, 'show backup key', {site})).output, /^No backup key: .*\nNot encrypted in \/outgoing: x-SOAPServer\.key\n$/);
	const {publicKey, privateKey} = await newKeyPair();
	const pem = publicKey.export({type: 'spki', format: 'pem'}).toString();
	const set = await ran(t, 'set backup key', {site, input: pem});
	t.is(set.code, 0, set.errors);
	t.regex(set.output, /\nEncrypted in \/outgoing: x-SOAPServer\.key\.p7m\n$/);
	const {sha256, plain} = JSON.parse((await ran(t, 'show backup key json', {site})).output) as {sha256: string; plain: string[]};
	t.regex(sha256, /^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/);
	t.deepEqual(plain, []);
	t.true(set.output.includes(sha256));
	const secret = await ran(t, 'set backup key', {site, input: privateKey.export({type: 'pkcs8', format: 'pem'}).toString()});
	t.is(secret.code, 1);
	t.regex(secret.errors, /That is a private key/);
	t.is((await ran(t, 'set backup key', {site, input: '\n'})).code, 1);
	t.is((await ran(t, 'set backup key', {site, role: 'tanuser'})).code, 1);
	t.is((await ran(t, 'set backup key soon', {site})).code, 2);
	t.deepEqual(JSON.parse((await ran(t, 'set backup key none json', {site})).output), {removed: sha256});
	t.is((await ran(t, 'set backup key none', {site})).output, 'There was no backup key.\n');
});

test('settings are shown and set, and accounts unlocked', async t => {
	const {layout} = await ran(t, 'help');
	t.is((await ran(t, 'security set menu_timeout 900', {site: {layout}})).code, 0);
	t.is((await ran(t, 'security set maximum_backups 3', {site: {layout}})).output, 'maximum_backups is now 3.\n');
	const shown = [
		'menu_timeout: +900\nlockout_time: +600\nmaximum_logins: +10\nmaximum_backups: +3\nmaximum_backup_days: +0\n',
		'record_sessions: +0\nmaximum_recording_megabytes: +20\nmaximum_total_recording_megabytes: +1000\nmaximum_recording_days: +90\n',
	];
	t.regex((await ran(t, 'security show', {site: {layout}})).output, new RegExp(`^${shown.join('')}$`));
	t.is((await ran(t, 'security set menu_timeout 1', {site: {layout}})).code, 1);
	t.is((await ran(t, 'system-auth reset ssh lockout tanuser', {site: {layout}})).output, 'tanuser was not locked.\n');
});

test('log show prints the end of a log, and names the logs for any other word', async t => {
	const prepare = async ({taniumServerLogs}: Layout) => {
		await mkdir(taniumServerLogs, {recursive: true});
		await writeFile(path.join(taniumServerLogs, 'taniumserver.log'), 'one\ntwo\nthree\n');
	};
	const shown = await ran(t, 'log show taniumserver 2', {prepare});
	t.is(shown.output, 'two\nthree\n');
	for (const line of ['log show', 'log show ../etc/passwd', 'log show taniumserver 0', 'log show taniumserver 1 2']) {
		const {code, errors} = await ran(t, line, {prepare});
		t.is(code, 2, line);
		t.regex(errors, /log show taniumserver\|taniummoduleserver\|patch\|audit/, line);
	}
});

test("the groups of TanOS's services are words of `service`", async t => {
	const {services} = await makeSandbox(t);
	const meant = async (group: string) => {
		const {output} = await ran(t, `service status ${group} json`, {site: {services}});
		return (JSON.parse(output) as {services: Array<{name: string}>}).services.map(({name}) => name);
	};
	t.deepEqual(await meant('all_ts'), ['taniumserver']);
	t.deepEqual(await meant('ALL_TMS'), ['taniummoduleserver', 'patch']);
	t.deepEqual(await meant('all_tanium'), ['taniumserver', 'taniummoduleserver', 'patch']);
	t.regex((await ran(t, 'service status all_db', {site: {services}})).errors, /No service of all_db is here\. Services: taniumserver/);
});
