// Who is let in, by what, and who is not.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {ParsedKey} from 'ssh2';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {makeSshKey} from '../helpers/ssh-key.js';
import {testWith} from '../helpers/test-with.js';
import {outcomeOf, rawClient} from './raw-ssh.js';
import {execute, noConsole, password, servedAppliance} from './served.js';

const testWithSsh = testWith('ssh');

testWithSsh('a key of the account signs in', async t => {
	const {run, audited} = await servedAppliance(t);
	t.deepEqual(await run('ssh', ['tanadmin@127.0.0.1']), {status: 1, out: '', errors: noConsole});
	const [event] = await audited();
	t.like(event, {event: 'ssh-sign-in', user: 'tanadmin', role: 'tanadmin', method: 'publickey', from: '127.0.0.1'});
	t.regex(String(event!.key), /^SHA256:[\w+/]{43}$/);
});

testWith('ssh', 'ssh-keygen')('RSA and ECDSA keys sign in too', async t => {
	const {run, home, layout} = await servedAppliance(t);
	const accounts = await readAccounts(layout.accounts);
	for (const [type, bits] of [
		['rsa', '3072'],
		['ecdsa', '256'],
		['ecdsa', '521'],
	] as const) {
		const file = path.join(home, `${type}-${bits}`);
		await execute('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
		accounts['tanuser']!.authorizedKeys = [await readFile(`${file}.pub`, 'utf8')];
		await writeAccounts(layout.accounts, accounts);
		t.is((await run('ssh', ['-i', file, 'tanuser@127.0.0.1', 'status'])).errors, noConsole, type);
	}
});

testWith('ssh', 'scp')('the password signs in at a prompt that hides it, for a shell and for SFTP', async t => {
	const {run, layout, home, audited} = await servedAppliance(t);
	t.is((await run('ssh', ['tanadmin@127.0.0.1'], {by: 'password'})).errors, noConsole);
	await writeFile(path.join(home, 'file'), 'content');
	t.is((await run('scp', ['file', 'tancopy@127.0.0.1:/incoming/'], {by: 'password'})).status, 0);
	t.is(await readFile(path.join(layout.incoming, 'file'), 'utf8'), 'content');
	t.like((await audited())[0], {event: 'ssh-sign-in', user: 'tanadmin', method: 'password'});
	t.false((await readFile(layout.audit, 'utf8')).includes(password));
});

testWithSsh('a wrong password, an unknown user and an account of the web console get the same answer', async t => {
	const {run, audited} = await servedAppliance(t);
	const refusals = [
		await run('ssh', ['tanadmin@127.0.0.1'], {by: 'password', password: 'Wrong-one.22'}),
		await run('ssh', ['nobody@127.0.0.1'], {by: 'password'}),
		await run('ssh', ['webonly@127.0.0.1'], {by: 'password'}),
	];
	t.deepEqual(
		refusals.map(({status}) => status),
		[255, 255, 255],
	);
	const words = 'user@127.0.0.1: Permission denied (publickey,keyboard-interactive).\r\n';
	t.deepEqual(
		refusals.map(({errors}) => errors.replace(/^\w+/, 'user')),
		[words, words, words],
	);
	const who = {event: 'ssh-refused', method: 'keyboard-interactive', from: '127.0.0.1'};
	t.deepEqual(
		await audited(),
		['tanadmin', 'nobody', 'webonly'].map(user => ({user, ...who})),
	);
});

testWithSsh("a key that is not the account's is refused", async t => {
	const {run, home} = await servedAppliance(t);
	await makeSshKey(path.join(home, 'id'));
	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 255);
});

testWithSsh('a key with an option that is not supported is refused; a harmless option is ignored', async t => {
	const {run, layout} = await servedAppliance(t);
	const accounts = await readAccounts(layout.accounts);
	const [line] = accounts['tanadmin']!.authorizedKeys;
	const options = {'from="10.0.0.1"': 255, 'command="echo hello"': 255, restrict: 255, 'no-port-forwarding,no-X11-forwarding': 1};
	for (const [option, status] of Object.entries(options)) {
		accounts['tanadmin']!.authorizedKeys = ['# a comment', '', `${option} ${line}`];
		await writeAccounts(layout.accounts, accounts);
		t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, status, option);
	}
});

test('a query whether a key is acceptable, without a signature, gives no access', async t => {
	const served = await servedAppliance(t);
	const key = ssh2.utils.parseKey(await readFile(path.join(served.home, 'id.pub')));
	if (key instanceof Error) {
		throw key;
	}

	// The server has said that the key would do. The client goes on as if it were in, and then signs rubbish.
	const refusals: Array<string | undefined> = [];
	const agent = new (class extends ssh2.BaseAgent {
		getIdentities(done: (error: undefined, keys: ParsedKey[]) => void) {
			done(undefined, [key]);
		}

		override sign(_key: unknown, _data: Buffer, options: unknown, done?: unknown) {
			client.exec('id', error => {
				refusals.push(error?.message);
				((done ?? options) as (error: undefined, signature: Buffer) => void)(undefined, Buffer.alloc(64, 1));
			});
		}
	})();
	const client = rawClient(t, served, {username: 'tanadmin', agent, authHandler: ['agent']});
	t.is(await outcomeOf(client), 'closed');
	t.is(refusals.length, 1);
	t.regex(String(refusals[0]), /Channel open failure/);
	t.deepEqual(await served.audited(), [{event: 'ssh-refused', user: 'tanadmin', method: 'publickey', from: '127.0.0.1'}]);
});

test('after six failures the connection is closed', async t => {
	const served = await servedAppliance(t);
	let prompts = 0;
	const client = rawClient(t, served, {
		username: 'tanadmin',
		authHandler: (_left, _partial, next) => {
			next({
				type: 'keyboard-interactive',
				username: 'tanadmin',
				prompt(_name, _text, _language, _prompts, answer) {
					prompts++;
					answer(['Wrong-one.22']);
				},
			});
		},
	});
	t.is(await outcomeOf(client), 'closed');
	t.is(prompts, 6);
	t.is((await served.audited()).filter(({event}) => event === 'ssh-refused').length, 6);
});

test('the right password is not checked after six failures', async t => {
	const served = await servedAppliance(t);
	let prompts = 0;
	const client = rawClient(t, served, {
		username: 'tanadmin',
		authHandler: (_left, _partial, next) => {
			next({
				type: 'keyboard-interactive',
				username: 'tanadmin',
				prompt(_name, _text, _language, _prompts, answer) {
					answer([++prompts > 6 ? password : 'Wrong-one.22']);
				},
			});
		},
	});
	t.is(await outcomeOf(client), 'closed');
});

test('the plain password method is not offered and counts as a failure', async t => {
	const served = await servedAppliance(t, {limits: {tries: 1}});
	const client = rawClient(t, served, {username: 'tanadmin', password, authHandler: ['password']});
	t.is(await outcomeOf(client), 'closed');
});
