// How much of the server strangers and users may take, and what their sessions are allowed.
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {createServer, connect, type AddressInfo} from 'node:net';
import path from 'node:path';
import test from 'ava';
import type {ClientChannel} from 'ssh2';
import {layoutOf} from '../../src/appliance/layout.js';
import {serve} from '../../src/ssh-server/server.js';
import {defaultLimits} from '../../src/ssh-server/limits.js';
import {testWith} from '../helpers/test-with.js';
import {rawClient, signedIn} from './raw-ssh.js';
import {identityOn, noConsole, servedAppliance} from './served.js';

const testWithSsh = testWith('ssh');
const testWithSftp = testWith('ssh', 'sftp', 'scp');

test('a connection without a sign-in is closed after the login grace time', async t => {
	const {port, audited, close} = await servedAppliance(t, {limits: {loginGraceMs: 20}});
	const socket = connect(port, '127.0.0.1');
	socket.resume();
	await once(socket, 'close');
	await close();
	t.deepEqual(await audited(), [{event: 'ssh-timeout', from: '127.0.0.1'}]);
});

test('a signed-in connection is not closed after that time', async t => {
	const served = await servedAppliance(t, {
		limits: {loginGraceMs: 5000},
		handleSession: async ({stream, signal}) => {
			stream.write('here');
			await Promise.race([once(signal, 'abort'), once(silent!, 'close')]);
			stream.write('still here');
			return 0;
		},
	});
	let silent: ReturnType<typeof connect> | undefined;
	const client = await signedIn(t, served, 'tanadmin');
	silent = connect(served.port, '127.0.0.1'); // Its time is up after that of the first would have been.
	silent.resume();
	const {promise, resolve} = Promise.withResolvers<ClientChannel>();
	client.shell(false, (_error, channel) => resolve(channel));
	let text = '';
	for await (const chunk of await promise) {
		text += String(chunk);
	}

	t.is(text, 'herestill here');
});

testWithSsh('unauthenticated connections beyond the limit are refused, and accepted again when others have closed', async t => {
	const {port, run, close, audited} = await servedAppliance(t, {limits: {unauthenticatedPerAddress: 2}});
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
	t.deepEqual(
		(await audited()).map(({event}) => event),
		['ssh-crowded', 'ssh-sign-in'],
	);
});

testWithSsh('data that is not SSH ends only that connection', async t => {
	const {port, run} = await servedAppliance(t);
	for (const rubbish of [
		'GET / HTTP/1.1\r\n\r\n',
		`SSH-2.0-x\r\n${'\0'.repeat(8)}`,
		`SSH-2.0-x\r\n${'\xFF'.repeat(8)}`,
		'SSH-1.5-old\r\n',
	]) {
		const socket = connect(port, '127.0.0.1');
		socket.resume();
		socket.end(Buffer.from(rubbish, 'latin1'));
		await once(socket, 'close');
	}

	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).status, 1);
});

testWithSftp('SFTP and scp are refused to the console roles', async t => {
	const {run, home} = await servedAppliance(t);
	await writeFile(path.join(home, 'file'), 'content');
	for (const user of ['tanadmin', 'tanuser']) {
		t.regex(
			(await run('sftp', ['-b', '-', `${user}@127.0.0.1`], {input: 'ls\n'})).errors,
			/This account has no SFTP\. Use the account tancopy\./,
		);
		t.not((await run('scp', ['file', `${user}@127.0.0.1:/incoming/`])).status, 0);
	}
});

testWithSsh('a console with a terminal gets CR LF line endings', async t => {
	const {run} = await servedAppliance(t);
	t.is((await run('ssh', ['-tt', 'tanuser@127.0.0.1'])).errors, noConsole.replace('\n', '\r\n'));
});

testWithSsh("a session request has its user, command and terminal, and the handler's number is the exit status", async t => {
	const visits: unknown[] = [];
	const {run, port} = await servedAppliance(t, {
		handleSession: async ({user, role, server, command, terminal, stream}) => {
			visits.push({user, role, server, command, terminal: terminal && Object.keys(terminal)});
			stream.write('drawn');
			return 3;
		},
	});
	t.deepEqual(await run('ssh', ['tanuser@127.0.0.1', 'status;', 'id']), {status: 3, out: 'drawn', errors: ''});
	t.is((await run('ssh', ['-tt', 'tanadmin@127.0.0.1'])).status, 3);
	const server = {host: '127.0.0.1', port};
	t.deepEqual(visits, [
		{user: 'tanuser', role: 'tanuser', server, command: 'status; id', terminal: undefined},
		{user: 'tanadmin', role: 'tanadmin', server, command: undefined, terminal: ['type', 'size', 'onResize']},
	]);
});

testWithSsh('a handler that fails ends the session with status 1', async t => {
	const {run, audited} = await servedAppliance(t, {
		handleSession: async () => {
			throw new Error('a bug');
		},
	});
	t.is((await run('ssh', ['tanuser@127.0.0.1'])).status, 1);
	t.like((await audited()).at(-1), {event: 'ssh-session-failed', user: 'tanuser', result: 'a bug'});
});

test('forwarding is refused in every direction', async t => {
	const served = await servedAppliance(t);
	const client = await signedIn(t, served, 'tanadmin');
	const ask = (request: (done: (error?: Error) => void) => unknown) =>
		new Promise<string | undefined>(resolve => {
			request(error => resolve(error?.message));
		});
	t.regex(String(await ask(done => client.forwardOut('127.0.0.1', 1, '127.0.0.1', served.port, done))), /open failure/);
	t.regex(String(await ask(done => client.openssh_forwardOutStreamLocal('/tmp/socket', done))), /open failure/);
	t.regex(String(await ask(done => client.forwardIn('127.0.0.1', 0, done))), /Unable to bind/);
});

test('more sessions on one connection than allowed are refused', async t => {
	const served = await servedAppliance(t, {limits: {sessions: 2}, handleSession: ({signal}) => once(signal, 'abort').then(() => 0)});
	const client = await signedIn(t, served, 'tanadmin');
	const shell = () =>
		new Promise<string>(resolve => {
			client.shell(false, error => resolve(error ? 'refused' : 'open'));
		});
	t.deepEqual([await shell(), await shell(), await shell()], ['open', 'open', 'refused']);
});

test('as many sessions on one connection as allowed cause no warning of Node', async t => {
	const served = await servedAppliance(t, {handleSession: ({signal}) => once(signal, 'abort').then(() => 0)});
	const client = await signedIn(t, served, 'tanadmin');
	const warnings: string[] = [];
	const warn = ({message}: Error) => warnings.push(message);
	process.on('warning', warn);
	for (let opened = 0; opened < defaultLimits.sessions; opened++) {
		await new Promise<void>((resolve, reject) => {
			client.shell(false, error => (error ? reject(error) : resolve()));
		});
	}

	await served.close();
	process.off('warning', warn);
	t.deepEqual(warnings, []);
});

test('a client that sends more than its window allows is cut off', async t => {
	const served = await servedAppliance(t, {handleSession: ({signal}) => once(signal, 'abort').then(() => 0)});
	const client = await signedIn(t, served, 'tanadmin');
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

testWithSsh('only modern algorithms are offered', async t => {
	const {run} = await servedAppliance(t);
	const status = async (...settings: string[]) => {
		const words = settings.flatMap(setting => ['-o', setting]);
		return (await run('ssh', [...words, 'tanadmin@127.0.0.1'])).status;
	};

	const modern = [
		'KexAlgorithms=curve25519-sha256',
		'Ciphers=aes256-ctr',
		'MACs=hmac-sha2-256-etm@openssh.com',
		'HostKeyAlgorithms=ssh-ed25519',
	];
	t.is(await status(...modern), 1);
	t.is(await status('KexAlgorithms=diffie-hellman-group14-sha256'), 255);
	t.is(await status('Ciphers=aes128-cbc'), 255);
	t.is(await status('Ciphers=aes256-ctr', 'MACs=hmac-sha1,umac-64@openssh.com'), 255);
	t.is(await status('HostKeyAlgorithms=rsa-sha2-512,ssh-rsa'), 255);
});

test('a port that is in use is a problem that says what to do', async t => {
	const {layout} = await servedAppliance(t);
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.teardown(() => taken.close());
	const {port} = taken.address() as AddressInfo;
	const error = await t.throwsAsync(serve(layoutOf(layout.root), identityOn(port)), {code: 'port-in-use'});
	t.true(error.message.includes(String(port)));
});

testWithSsh('a server is closed although a client waits at the password prompt', async t => {
	const served = await servedAppliance(t);
	const {promise: asked, resolve} = Promise.withResolvers<void>();
	rawClient(t, served, {
		username: 'tanadmin',
		authHandler: (_left, _partial, next) => {
			next({type: 'keyboard-interactive', username: 'tanadmin', prompt: () => resolve()});
		},
	});
	await asked;
	await served.close();
	t.is((await served.run('ssh', ['tanadmin@127.0.0.1'])).status, 255);
});
