import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer as createTcpServer, type AddressInfo, type Server} from 'node:net';
import path from 'node:path';
import {createServer} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {certificatesIn} from '../../src/certificates/parse/pem.js';
import {refusalByClient} from '../../src/services/try-as-client.js';
import {newAuthority, orderPair, type AttributeChanges} from '../helpers/authority.js';
import {temporaryFolder} from '../helpers/sandbox.js';

async function portOf(t: ExecutionContext, server: Server): Promise<number> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	return (server.address() as AddressInfo).port;
}

/** A server with a certificate that a CA has issued. */
async function serve(t: ExecutionContext, wishes?: AttributeChanges) {
	const folder = await temporaryFolder(t);
	await orderPair(folder, wishes);
	const [cert, key] = await Promise.all(['crt', 'key'].map(async end => readFile(path.join(folder, `SOAPServer.${end}`))));
	const server = createServer({cert: cert!, key: key!});
	server.on('tlsClientError', () => undefined);
	const [leaf, root] = certificatesIn(cert!);
	return {port: await portOf(t, server), leaf: leaf!, root: root!};
}

test('a client with the root accepts, by each name of the certificate', async t => {
	const {port, root} = await serve(t, {names: ['ts1.example.com', 'localhost']});
	t.is(await refusalByClient({port, servername: 'ts1.example.com'}, root), undefined);
	t.is(await refusalByClient({port, servername: 'localhost'}, root), undefined);
	t.deepEqual(await refusalByClient({port, servername: 'ts2.example.com'}, root), {
		reason: 'name-mismatch',
		result: 'its certificate is not for ts2.example.com',
	});
	t.deepEqual(await refusalByClient({port, servername: '127.0.0.1'}, root), {
		reason: 'name-mismatch',
		result: 'its certificate is not for 127.0.0.1',
	});
});

test('a client that trusts the certificate itself accepts; one with another root does not', async t => {
	const {port, leaf} = await serve(t);
	t.is(await refusalByClient({port, servername: 'ts1.example.com'}, leaf), undefined);
	const {certificate} = await newAuthority();
	t.deepEqual(await refusalByClient({port, servername: 'ts1.example.com'}, certificate), {
		reason: 'untrusted-issuer',
		result: 'its issuer is not the trusted one',
	});
});

test('a certificate outside of its time is refused', async t => {
	const expired = await serve(t, {valid: [new Date('2024-01-01'), new Date('2025-01-01')]});
	t.deepEqual(await refusalByClient({port: expired.port, servername: 'ts1.example.com'}, expired.root), {
		reason: 'expired',
		result: 'a certificate has expired',
	});
	const future = await serve(t, {valid: [new Date(Date.now() + 86_400_000), new Date(Date.now() + 2 * 86_400_000)]});
	const reason = await refusalByClient({port: future.port, servername: 'ts1.example.com'}, future.root);
	t.deepEqual(reason, {reason: 'clock', result: 'a certificate is not valid yet'});
});

test('no server, one that does not answer, and one without TLS', async t => {
	const {certificate} = await newAuthority();
	const closed = createTcpServer();
	const port = await portOf(t, closed);
	closed.close();
	await once(closed, 'close');
	t.deepEqual(await refusalByClient({port, servername: 'ts1.example.com'}, certificate), {
		reason: 'no-listener',
		result: 'nothing answers on its port',
	});
	const silent = await portOf(
		t,
		createTcpServer(socket => socket.resume()),
	);
	const late = await refusalByClient({port: silent, servername: 'ts1.example.com'}, certificate, {timeout: 100});
	t.deepEqual(late, {reason: 'no-answer', result: 'no answer within 0.1 seconds'});
	const other = await portOf(
		t,
		createTcpServer(socket => socket.end('220 mail\r\n').on('error', () => undefined)),
	);
	t.regex((await refusalByClient({port: other, servername: 'ts1.example.com'}, certificate))!.result, /^refused: /);
});
