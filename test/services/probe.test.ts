import {readFile} from 'node:fs/promises';
import {once} from 'node:events';
import {createServer, type AddressInfo, type Server} from 'node:net';
import path from 'node:path';
import {createSecureContext, createServer as createTlsServer} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {Problem} from '../../src/problem.js';
import {presentedBy} from '../../src/services/probe.js';
import {pemOf} from '../certificates/fixtures/files.js';
import {issuePair, newAuthority} from '../helpers/authority.js';
import {freePorts} from '../helpers/ports.js';
import {leafOf, temporaryFolder, writePair} from '../helpers/sandbox.js';

async function listening(t: ExecutionContext, server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return (server.address() as AddressInfo).port;
}

test('a chain is returned leaf first, with its root when the server sends it', async t => {
	const folder = await temporaryFolder(t);
	const at = (name: string) => path.join(folder, name);
	const ca = await newAuthority();
	await issuePair(ca, at('leaf.crt'), at('leaf.key'));
	const [leaf, key, root] = [await readFile(at('leaf.crt')), await readFile(at('leaf.key')), Buffer.from(pemOf(ca.certificate))];
	const ders = [await leafOf(at('leaf.crt')), ca.certificate];

	const whole = await listening(t, createTlsServer({cert: Buffer.concat([leaf, root]), key}));
	t.deepEqual(await presentedBy({port: whole, servername: 'ts1.example.com'}), ders);
	const alone = await listening(t, createTlsServer({cert: leaf, key}));
	t.deepEqual(await presentedBy({port: alone, servername: 'ts1.example.com'}), ders.slice(0, 1));
});

test('a host name is sent as SNI, and an address is not', async t => {
	const folder = await temporaryFolder(t);
	const [certificate, key] = [path.join(folder, 'a.crt'), path.join(folder, 'a.key')];
	await writePair(certificate, key);
	const pair = {cert: await readFile(certificate), key: await readFile(key)};
	const asked: string[] = [];
	const port = await listening(
		t,
		createTlsServer({
			...pair,
			SNICallback(name, answer) {
				asked.push(name);
				answer(null, createSecureContext(pair));
			},
		}),
	);
	await presentedBy({port, servername: 'ts1.example.com'});
	await presentedBy({port, servername: '127.0.0.1'});
	t.deepEqual(asked, ['ts1.example.com']);
});

test('a port without a listener is a problem', async t => {
	const [port = 0] = await freePorts(1);
	const problem = await t.throwsAsync(presentedBy({port, servername: 'localhost'}), {instanceOf: Problem, code: 'no-answer'});
	t.is(problem.message, `No TLS server answers on 127.0.0.1:${port}: connection refused.`);
});

test('a server that does not speak TLS is a problem', async t => {
	const port = await listening(
		t,
		createServer(socket => socket.end('220 mail.example.com ESMTP\r\n')),
	);
	await t.throwsAsync(presentedBy({port, servername: 'localhost'}), {
		instanceOf: Problem,
		code: 'no-answer',
		message: /does not speak TLS/,
	});
});

test('a server that closes the connection, and one that sends nothing, are problems', async t => {
	const closing = await listening(
		t,
		createServer(socket => socket.destroy()),
	);
	await t.throwsAsync(presentedBy({port: closing, servername: 'localhost'}), {instanceOf: Problem, code: 'no-answer'});
	const silent = await listening(
		t,
		createServer(socket => {
			socket.on('error', () => undefined);
		}),
	);
	const patient = presentedBy({port: silent, servername: 'localhost'}, {timeout: 200});
	await t.throwsAsync(patient, {instanceOf: Problem, code: 'no-answer', message: /within 0.2 seconds/});
});
