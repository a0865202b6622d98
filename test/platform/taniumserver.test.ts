import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {readFile, stat, writeFile} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {request} from 'node:https';
import {connect, type SecureVersion} from 'node:tls';
import {promisify} from 'node:util';
import test from 'ava';
import {fingerprintOf} from '../../src/certificates/parse/pem.js';
import {serviceLog} from '../../src/services/processes.js';
import {consoleAdmin, consoleUser, ended, installPair, leafOf, makeSandbox, type Sandbox} from '../helpers/sandbox.js';
import {getThroughOpenssl} from '../helpers/openssl.js';
import {testWith} from '../helpers/test-with.js';

const login = '/api/v2/session/login';
const registration = '/api/v2/module-server/registration';

async function call({layout, identity}: Sandbox, method: string, path: string, body?: string) {
	const ca = await readFile(layout.soapCertificate);
	const asked = request({host: 'localhost', port: identity.ports.console, method, path, ca, agent: false, family: 4});
	asked.end(body);
	const [response] = (await once(asked, 'response')) as [IncomingMessage];
	return {status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray())};
}

async function started(t: Parameters<typeof makeSandbox>[0]): Promise<Sandbox> {
	const sandbox = await makeSandbox(t);
	await sandbox.services.start('taniumserver');
	return sandbox;
}

testWith('curl')("the document's command line signs in", async t => {
	const sandbox = await started(t);
	const {
		layout,
		identity: {ports},
	} = sandbox;
	await writeFile(`${layout.root}/signin.json`, JSON.stringify(consoleAdmin));
	const {stdout} = await promisify(execFile)('curl', [
		'-s',
		'--cacert',
		layout.soapCertificate,
		'-X',
		'POST',
		'--data-binary',
		`@${layout.root}/signin.json`,
		`https://localhost:${ports.console}${login}`,
	]);
	const {data} = JSON.parse(stdout) as {data: {session: string}};
	t.regex(data.session, /^[\w-]{43}$/);
});

test('a wrong password and an unknown user get the same answer', async t => {
	const sandbox = await started(t);
	const wrong = await call(sandbox, 'POST', login, JSON.stringify({...consoleAdmin, password: 'wrong'}));
	const unknown = await call(sandbox, 'POST', login, JSON.stringify({...consoleAdmin, username: '__proto__', domain: 'example.com'}));
	t.deepEqual([wrong.status, unknown.status], [401, 401]);
	t.deepEqual(JSON.parse(wrong.body.toString()), {error: 'Wrong user name or password.'});
	t.deepEqual(unknown.body, wrong.body);
});

test('after too many wrong passwords few are checked', async t => {
	const sandbox = await started(t);
	const signIn = async (password: string) => (await call(sandbox, 'POST', login, JSON.stringify({...consoleAdmin, password}))).status;
	const statuses = await Promise.all(Array.from({length: 30}, async (_, index) => signIn(`Wrong-one.${index}`)));
	const checked = statuses.filter(status => status === 401).length;
	t.true(checked >= 3 && checked < 30, `${checked} were checked`);
	t.is(statuses.filter(status => status === 429).length, 30 - checked);
});

test('a malformed sign-in is answered with 400, and a body that is too big with 413', async t => {
	const sandbox = await started(t);
	for (const body of ['', '{', '[]', 'null', '{"username": "a"}', '{"username": "a", "password": 1}']) {
		t.is((await call(sandbox, 'POST', login, body)).status, 400, body);
	}

	t.is((await call(sandbox, 'POST', login, JSON.stringify({...consoleAdmin, domain: ''}))).status, 200);
	t.is((await call(sandbox, 'POST', login, `${' '.repeat(64 * 1024)}{}`)).status, 413);
});

test('passwords never reach the log', async t => {
	const sandbox = await started(t);
	await call(sandbox, 'POST', login, JSON.stringify({...consoleAdmin, password: 'Secret-of-the-test-1'}));
	await call(sandbox, 'POST', login, '{"password": "Secret-of-the-test-2"');
	const log = await readFile(serviceLog('taniumserver', sandbox.layout), 'utf8');
	t.true(log.includes('Refused a wrong user name or password.'));
	t.false(log.includes('Secret-of-the-test'));
});

test('the page says that this is a sandbox, and its certificate can be downloaded', async t => {
	const sandbox = await started(t);
	const page = await call(sandbox, 'GET', '/?a=b');
	t.is(page.headers['content-type'], 'text/html; charset=utf-8');
	t.true(page.body.includes(`<h1>${sandbox.identity.name}</h1>`));
	t.true(page.body.includes(fingerprintOf(await leafOf(sandbox.layout.soapCertificate))));
	const certificate = await call(sandbox, 'GET', '/pub/SOAPServer.crt');
	t.is(certificate.headers['content-type'], 'application/x-x509-ca-cert');
	t.deepEqual(certificate.body, await readFile(sandbox.layout.soapCertificate));
	const head = await call(sandbox, 'HEAD', '/pub/SOAPServer.crt');
	t.deepEqual([head.status, head.body.length, head.headers['content-length']], [200, 0, String(certificate.body.length)]);
});

test('other paths and methods are refused', async t => {
	const sandbox = await started(t);
	const asked = [
		['GET', '/nothing'],
		['GET', '/constructor'],
		['GET', login],
		['DELETE', '/'],
	] as const;
	const answers = await Promise.all(asked.map(async ([method, path]) => call(sandbox, method, path)));
	t.deepEqual(
		answers.map(({status}) => status),
		[404, 404, 405, 405],
	);
});

test('TLS 1.2 and 1.3 are accepted, older versions are not', async t => {
	const {
		layout,
		identity: {ports},
	} = await started(t);
	const ca = await readFile(layout.soapCertificate);
	for (const version of ['TLSv1.2', 'TLSv1.3'] satisfies SecureVersion[]) {
		const socket = connect({host: '127.0.0.1', port: ports.console, ca, servername: 'localhost', minVersion: version, maxVersion: version});
		await once(socket, 'secureConnect');
		t.is(socket.getProtocol(), version);
		socket.destroy();
	}

	const old = connect({
		host: '127.0.0.1',
		port: ports.console,
		ca,
		minVersion: 'TLSv1.1',
		maxVersion: 'TLSv1.1',
		ciphers: 'DEFAULT:@SECLEVEL=0',
	});
	await t.throwsAsync(once(old, 'secureConnect'), {message: /alert protocol version/});
});

testWith('openssl')('no client certificate is requested', async t => {
	const {
		identity: {ports},
	} = await started(t);
	const {output} = await getThroughOpenssl(ports.console, '/');
	t.true(output.includes('No client certificate CA names sent'));
	t.true(output.includes('HTTP/1.1 200 OK'));
});

test('only an administrator can register a Module Server, whose certificate is written', async t => {
	const sandbox = await started(t);
	const {layout} = sandbox;
	const certificate = await readFile(layout.moduleServerCertificate, 'utf8');
	await writeFile(layout.trustedModuleServers, 'as before\n');
	const register = async (account: object, pem: unknown) =>
		call(sandbox, 'POST', registration, JSON.stringify({...account, certificate: pem}));

	t.is((await register({...consoleAdmin, password: 'wrong'}, certificate)).status, 401);
	t.is((await register(consoleUser, certificate)).status, 403);
	t.is((await register(consoleAdmin, 'no certificate')).status, 400);
	t.is((await register(consoleAdmin, undefined)).status, 400);
	const stopped = await register(consoleAdmin, certificate);
	t.is(stopped.status, 409);
	t.regex(stopped.body.toString(), /has not proven that it has the key of this certificate: nothing answers on its port\./);
	await sandbox.services.start('taniummoduleserver');
	const foreign = await register(consoleAdmin, await readFile(layout.soapCertificate, 'utf8'));
	t.is(foreign.status, 409);
	t.regex(foreign.body.toString(), /it presents another one\./);
	t.is(await readFile(layout.trustedModuleServers, 'utf8'), 'as before\n');

	const answer = await register(consoleAdmin, certificate);
	t.is(answer.status, 200);
	t.deepEqual(JSON.parse(answer.body.toString()), {data: {certificate: await readFile(layout.soapCertificate, 'utf8')}});
	t.is(await readFile(layout.trustedModuleServers, 'utf8'), certificate);
	t.is((await stat(layout.trustedModuleServers)).mode & 0o777, 0o644);
});

test('the drill fails-to-start exempts the certificate that it names', async t => {
	const {layout, services} = await makeSandbox(t);
	await writeFile(layout.drill, JSON.stringify({kind: 'fails-to-start', except: fingerprintOf(await leafOf(layout.soapCertificate))}));
	await services.start('taniumserver');
	await services.stop('taniumserver');
	await installPair(layout);
	await t.throwsAsync(services.start('taniumserver'), {
		code: 'service-failed',
		message: /did not start: This is a drill \(fails-to-start\): /,
	});
});

test('in the drill dies-after-start the server is ready first, and logs why it exits', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	await writeFile(layout.drill, JSON.stringify({kind: 'dies-after-start', except: 'AB:CD'}));
	await services.start('taniumserver');
	// Its death ends this connection, or refuses it when this machine is so slow that it comes first.
	await ended(connect({host: '127.0.0.1', port: identity.ports.console, rejectUnauthorized: false}));
	t.regex(await readFile(serviceLog('taniumserver', layout), 'utf8'), /Ready on [\d.:]+\n\S+Z This is a drill \(dies-after-start\): .+\n$/);
});

test('a damaged drill file is ignored', async t => {
	const {layout, services} = await makeSandbox(t);
	for (const damaged of ['{', '{"kind": "earthquake", "except": ""}']) {
		await writeFile(layout.drill, damaged);
		await services.restart('taniumserver');
	}

	const log = await readFile(serviceLog('taniumserver', layout), 'utf8');
	t.is(log.match(/drill\.json (cannot be read|does not name a known drill); it is ignored\./g)?.length, 2);
});
