// Who is let in, by what, and who is not.
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import {createServer, connect, type AddressInfo} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import ssh2, {type ConnectConfig} from 'ssh2';
import {readAccounts, writeAccounts} from '../../src/appliance/accounts.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {serve} from '../../src/ssh/server.js';
import {execute, identityOn, password, servedAppliance, type Served} from './served.js';

const noConsole = 'The console and the command line over SSH are not part of this release; sign in at the console.\n';

/** An ssh2 client that can be made to misbehave. */
function rawClient(t: ExecutionContext, {port}: Served, settings: ConnectConfig) {
	const client = new ssh2.Client();
	t.teardown(() => client.destroy());
	client.on('error', () => undefined);
	client.connect({host: '127.0.0.1', port, strictVendor: false, ...settings} as ConnectConfig);
	return client;
}

/** How it ends: `ready` when the client is let in, `closed` when it is not. What the client thinks of that does not matter. */
function outcomeOf(client: ssh2.Client): Promise<'ready' | 'closed'> {
	return new Promise(resolve => {
		client.once('ready', () => resolve('ready')).once('close', () => resolve('closed'));
	});
}

test('a key of the account signs in', async t => {
	const {run, audited} = await servedAppliance(t);
	t.deepEqual(await run('ssh', ['tanadmin@127.0.0.1']), {status: 1, out: '', errors: noConsole});
	const [event] = await audited();
	t.like(event, {event: 'ssh-sign-in', user: 'tanadmin', role: 'tanadmin', method: 'publickey', from: '127.0.0.1'});
	t.regex(String(event!.key), /^SHA256:[\w+/]{43}$/);
});

test('RSA and ECDSA keys sign in too', async t => {
	const {run, home, layout} = await servedAppliance(t);
	const accounts = await readAccounts(layout.accounts);
	for (const [type, bits] of [['rsa', '3072'], ['ecdsa', '256'], ['ecdsa', '521']] as const) {
		const file = path.join(home, `${type}-${bits}`);
		await execute('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', file]);
		accounts['tanuser']!.authorizedKeys = [await readFile(`${file}.pub`, 'utf8')];
		await writeAccounts(layout.accounts, accounts);
		t.is((await run('ssh', ['-i', file, 'tanuser@127.0.0.1', 'status'])).errors, noConsole, type);
	}
});

test('the password signs in at a prompt that hides it, for a shell and for SFTP', async t => {
	const {run, layout, home, audited} = await servedAppliance(t);
	t.is((await run('ssh', ['tanadmin@127.0.0.1'], {by: 'password'})).errors, noConsole);
	await writeFile(path.join(home, 'file'), 'content');
	t.is((await run('scp', ['file', 'tancopy@127.0.0.1:/incoming/'], {by: 'password'})).status, 0);
	t.is(await readFile(path.join(layout.incoming, 'file'), 'utf8'), 'content');
	t.like((await audited())[0], {event: 'ssh-sign-in', user: 'tanadmin', method: 'password'});
	t.false((await readFile(layout.audit, 'utf8')).includes(password));
});

test('a wrong password, an unknown user and an account of the web console are refused in the same words', async t => {
	const {run, audited} = await servedAppliance(t);
	const refusals = [
		await run('ssh', ['tanadmin@127.0.0.1'], {by: 'password', password: 'Wrong-one.22'}),
		await run('ssh', ['nobody@127.0.0.1'], {by: 'password'}),
		await run('ssh', ['webonly@127.0.0.1'], {by: 'password'}),
	];
	t.deepEqual(refusals.map(({status}) => status), [255, 255, 255]);
	t.deepEqual(refusals.map(({errors}) => errors.replace(/^\w+/, 'user')), Array.from({length: 3}).fill('user@127.0.0.1: Permission denied (publickey,keyboard-interactive).\r\n'));
	const who = {event: 'ssh-refused', method: 'keyboard-interactive', from: '127.0.0.1'};
	t.deepEqual(await audited(), ['tanadmin', 'nobody', 'webonly'].map(user => ({user, ...who})));
});

test('a key that is not the account\'s is refused', async t => {
	const {run, home} = await servedAppliance(t);
	await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(home, 'other')]);
	await writeFile(path.join(home, 'id'), await readFile(path.join(home, 'other')));
	await writeFile(path.join(home, 'id.pub'), await readFile(path.join(home, 'other.pub')));
	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 255);
});

test('a key behind an option that would have to be obeyed opens nothing; a harmless option does no harm', async t => {
	const {run, layout} = await servedAppliance(t);
	const accounts = await readAccounts(layout.accounts);
	const [line] = accounts['tanadmin']!.authorizedKeys;
	for (const [option, status] of [['from="10.0.0.1"', 255], ['command="echo hello"', 255], ['restrict', 255], ['no-port-forwarding,no-X11-forwarding', 1]] as const) {
		accounts['tanadmin']!.authorizedKeys = ['# a comment', '', `${option} ${line}`];
		await writeAccounts(layout.accounts, accounts);
		t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, status, option);
	}
});

test('to ask whether a key would do, without signing, gives no access', async t => {
	const served = await servedAppliance(t);
	const key = ssh2.utils.parseKey(await readFile(path.join(served.home, 'id.pub')));
	if (key instanceof Error) {
		throw key;
	}

	// The server has said that the key would do. The client goes on as if it were in, and then signs rubbish.
	const refusals: Array<string | undefined> = [];
	const agent = new class extends ssh2.BaseAgent {
		getIdentities(done: (error: undefined, keys: ssh2.ParsedKey[]) => void) {
			done(undefined, [key]);
		}

		override sign(_key: unknown, _data: Buffer, options: unknown, done?: unknown) {
			client.exec('id', error => {
				refusals.push(error?.message);
				((done ?? options) as (error: undefined, signature: Buffer) => void)(undefined, Buffer.alloc(64, 1));
			});
		}
	}();
	const client = rawClient(t, served, {username: 'tanadmin', agent: agent as never, authHandler: ['agent']});
	t.is(await outcomeOf(client), 'closed');
	t.is(refusals.length, 1);
	t.regex(String(refusals[0]), /Channel open failure/);
	t.deepEqual(await served.audited(), [{event: 'ssh-refused', user: 'tanadmin', method: 'publickey', from: '127.0.0.1'}]);
});

test('after six failures the connection is closed', async t => {
	const served = await servedAppliance(t);
	let prompts = 0;
	const client = rawClient(t, served, {username: 'tanadmin', authHandler: (_left, _partial, next) => {
		next({type: 'keyboard-interactive', username: 'tanadmin', prompt(_name, _text, _language, _prompts, answer) {
			prompts++;
			answer(['Wrong-one.22']);
		}});
	}});
	t.is(await outcomeOf(client), 'closed');
	t.is(prompts, 6);
	t.is((await served.audited()).length, 6);
});

test('the right password is not heard after six failures', async t => {
	const served = await servedAppliance(t);
	let prompts = 0;
	const client = rawClient(t, served, {username: 'tanadmin', authHandler: (_left, _partial, next) => {
		next({type: 'keyboard-interactive', username: 'tanadmin', prompt(_name, _text, _language, _prompts, answer) {
			answer([++prompts > 6 ? password : 'Wrong-one.22']);
		}});
	}});
	t.is(await outcomeOf(client), 'closed');
});

test('the plain password method is not offered and counts as a failure', async t => {
	const served = await servedAppliance(t, {limits: {tries: 1}});
	const client = rawClient(t, served, {username: 'tanadmin', password, authHandler: ['password']});
	t.is(await outcomeOf(client), 'closed');
});

test('a connection on which nobody signs in is closed when its time is up', async t => {
	const {port, audited, close} = await servedAppliance(t, {limits: {graceTime: 20}});
	const socket = connect(port, '127.0.0.1');
	socket.resume();
	await once(socket, 'close');
	await close();
	t.deepEqual(await audited(), [{event: 'ssh-timeout', from: '127.0.0.1'}]);
});

test('who has signed in may stay beyond that time', async t => {
	const served = await servedAppliance(t, {limits: {graceTime: 5000}, receive: async ({stream, signal}) => {
		stream.write('here');
		await Promise.race([once(signal, 'abort'), once(silent!, 'close')]);
		stream.write('still here');
		return 0;
	}});
	let silent: ReturnType<typeof connect> | undefined;
	const client = rawClient(t, served, {username: 'tanadmin', privateKey: await readFile(path.join(served.home, 'id'))});
	await once(client, 'ready');
	silent = connect(served.port, '127.0.0.1'); // Its time is up after that of the first would have been.
	silent.resume();
	const {promise, resolve} = Promise.withResolvers<ssh2.ClientChannel>();
	client.shell(false, (_error, channel) => resolve(channel));
	let text = '';
	for await (const chunk of await promise) {
		text += String(chunk);
	}

	t.is(text, 'herestill here');
});

test('strangers beyond the limit are turned away, and let in again when others have left', async t => {
	const {port, run, close, audited} = await servedAppliance(t, {limits: {strangersPerAddress: 2}});
	const first = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
	await Promise.all(first.map(socket => once(socket, 'data'))); // The server's greeting.
	for (const _ of [1, 2, 3]) {
		const late = connect(port, '127.0.0.1');
		const [line] = await once(late, 'data');
		t.is(String(line), 'Too many connections\r\n');
		await once(late, 'close');
	}

	first.map(socket => socket.resume().end());
	await Promise.all(first.map(socket => once(socket, 'close')));
	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 1);
	await close();
	t.deepEqual((await audited()).map(({event}) => event), ['ssh-crowded', 'ssh-sign-in']);
});

test('rubbish instead of SSH ends that connection only', async t => {
	const {port, run} = await servedAppliance(t);
	for (const rubbish of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n\0\0\0\0\0\0\0\0', 'SSH-2.0-x\r\n\xFF\xFF\xFF\xFF\xFF\xFF', 'SSH-1.5-old\r\n']) {
		const socket = connect(port, '127.0.0.1');
		socket.resume();
		socket.end(Buffer.from(rubbish, 'latin1'));
		await once(socket, 'close');
	}

	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 1);
});

test('SFTP and scp are refused to the console roles', async t => {
	const {run, home} = await servedAppliance(t);
	await writeFile(path.join(home, 'file'), 'content');
	for (const user of ['tanadmin', 'tanuser']) {
		t.regex((await run('sftp', ['-b', '-', `${user}@127.0.0.1`], {input: 'ls\n'})).errors, /subsystem request failed/);
		t.not((await run('scp', ['file', `${user}@127.0.0.1:/incoming/`])).status, 0);
	}
});

test('a console with a terminal gets its lines ended for a terminal', async t => {
	const {run} = await servedAppliance(t);
	t.is((await run('ssh', ['-tt', 'tanuser@127.0.0.1'])).errors, noConsole.replace('\n', '\r\n'));
});

test('a visit knows its user, command and terminal, and its number is the exit status', async t => {
	const visits: unknown[] = [];
	const {run} = await servedAppliance(t, {receive: async ({user, role, command, terminal, stream}) => {
		visits.push({user, role, command, terminal: terminal && Object.keys(terminal)});
		stream.write('drawn');
		return 3;
	}});
	t.deepEqual(await run('ssh', ['tanuser@127.0.0.1', 'status;', 'id']), {status: 3, out: 'drawn', errors: ''});
	t.is((await run('ssh', ['-tt', 'tanadmin@127.0.0.1'])).status, 3);
	t.deepEqual(visits, [
		{user: 'tanuser', role: 'tanuser', command: 'status; id', terminal: undefined},
		{user: 'tanadmin', role: 'tanadmin', command: undefined, terminal: ['type', 'columns', 'rows']},
	]);
});

test('a visit that fails ends that session with status 1', async t => {
	const {run, audited} = await servedAppliance(t, {receive: async () => {
		throw new Error('a bug');
	}});
	t.is((await run('ssh', ['tanuser@127.0.0.1'])).status, 1);
	t.like((await audited()).at(-1), {event: 'ssh-session-failed', user: 'tanuser', result: 'a bug'});
});

test('forwarding is refused in every direction', async t => {
	const served = await servedAppliance(t);
	const client = rawClient(t, served, {username: 'tanadmin', privateKey: await readFile(path.join(served.home, 'id'))});
	await once(client, 'ready');
	const ask = (request: (done: (error?: Error) => void) => unknown) => new Promise<string | undefined>(resolve => {
		request(error => resolve(error?.message));
	});
	t.regex(String(await ask(done => client.forwardOut('127.0.0.1', 1, '127.0.0.1', served.port, done))), /open failure/);
	t.regex(String(await ask(done => client.openssh_forwardOutStreamLocal('/tmp/socket', done))), /open failure/);
	t.regex(String(await ask(done => client.forwardIn('127.0.0.1', 0, done))), /Unable to bind/);
});

test('more sessions on one connection than allowed are refused', async t => {
	const served = await servedAppliance(t, {limits: {sessions: 2}, receive: ({signal}) => once(signal, 'abort').then(() => 0)});
	const client = rawClient(t, served, {username: 'tanadmin', privateKey: await readFile(path.join(served.home, 'id'))});
	await once(client, 'ready');
	const shell = () => new Promise<string>(resolve => {
		client.shell(false, error => resolve(error ? 'refused' : 'open'));
	});
	t.deepEqual([await shell(), await shell(), await shell()], ['open', 'open', 'refused']);
});

test('a client that sends more than its window allows is cut off', async t => {
	const served = await servedAppliance(t, {receive: ({signal}) => once(signal, 'abort').then(() => 0)});
	const client = rawClient(t, served, {username: 'tanadmin', privateKey: await readFile(path.join(served.home, 'id'))});
	await once(client, 'ready');
	const {promise: cutOff, resolve} = Promise.withResolvers<void>();
	client.once('close', resolve);
	client.shell(false, (_error, channel) => {
		(channel as unknown as {outgoing: {window: number}}).outgoing.window = Number.MAX_SAFE_INTEGER;
		for (let sent = 0; sent < 400; sent++) {
			channel.write(Buffer.alloc(30_001)); // Packets that do not add up to the window, or ssh2 would take it for used up.
		}
	});
	await cutOff;
	t.pass();
});

test('only modern algorithms are offered', async t => {
	const {run} = await servedAppliance(t);
	const status = async (...settings: string[]) => (await run('ssh', [...settings.flatMap(setting => ['-o', setting]), 'tanadmin@127.0.0.1'])).status;
	t.is(await status('KexAlgorithms=curve25519-sha256', 'Ciphers=aes256-ctr', 'MACs=hmac-sha2-256-etm@openssh.com', 'HostKeyAlgorithms=ssh-ed25519'), 1);
	t.is(await status('KexAlgorithms=diffie-hellman-group14-sha256'), 255);
	t.is(await status('Ciphers=aes128-cbc'), 255);
	t.is(await status('Ciphers=aes256-ctr', 'MACs=hmac-sha1,hmac-sha2-256'), 255);
	t.is(await status('HostKeyAlgorithms=rsa-sha2-512,ssh-rsa'), 255);
});

test('a port that is taken is told with what to do', async t => {
	const {layout} = await servedAppliance(t);
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.teardown(() => taken.close());
	const {port} = taken.address() as AddressInfo;
	const error = await t.throwsAsync(serve(layoutOf(layout.root), identityOn(port)), {code: 'port-in-use'});
	t.true(error!.message.includes(String(port)));
});
