import {createServer} from 'node:https';
import {once} from 'node:events';
import {readFile, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {Problem} from '../../src/problem.js';
import {registerModuleServer} from '../../src/registration/register.js';
import {initialTrust, readTrust} from '../../src/registration/trust.js';
import {
	consoleAdmin,
	consoleUser,
	fingerprintIn,
	installModuleServerPair,
	installPair,
	makeSandbox,
	type Sandbox,
	startSandbox,
	writePair,
} from '../helpers/sandbox.js';

const by = {user: 'tanadmin', from: 'console'};
const failed = {instanceOf: Problem, code: 'registration-failed'};

async function trustFiles({layout}: Sandbox): Promise<string[]> {
	return Promise.all([layout.trustedTaniumServers, layout.trustedModuleServers].map(async file => readFile(file, 'utf8')));
}

test('the two servers of a new appliance trust each other', async t => {
	const {layout} = await makeSandbox(t);
	const [taniumServer, moduleServer] = await Promise.all([layout.soapCertificate, layout.moduleServerCertificate].map(fingerprintIn));
	t.deepEqual(await readTrust(layout), {
		taniumServerTrusted: true,
		moduleServerTrusted: true,
		taniumServer,
		moduleServer,
		trustedTaniumServers: [taniumServer],
		trustedModuleServers: [moduleServer],
	});
});

test('new pairs are not trusted, and missing or damaged trust files count as empty', async t => {
	const sandbox = await makeSandbox(t);
	const {layout} = sandbox;
	await installPair(layout);
	t.like(await readTrust(layout), {taniumServerTrusted: false, moduleServerTrusted: true});
	await installModuleServerPair(layout);
	await rm(layout.trustedTaniumServers);
	t.like(await readTrust(layout), {taniumServerTrusted: false, moduleServerTrusted: false, trustedTaniumServers: []});
	await rm(layout.soapCertificate);
	t.like(await readTrust(layout), {taniumServerTrusted: false, taniumServer: undefined});
	await t.throwsAsync(initialTrust(sandbox, sandbox), {code: 'ENOENT'});
});

test('a registration writes both trust files, resolves with their fingerprints, and restarts the Module Server and patch', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	await Promise.all([installPair(layout), installModuleServerPair(layout)]);
	await services.restart('taniumserver');
	const before = await Promise.all([services.state('taniumserver'), services.state('taniummoduleserver'), services.state('patch')]);
	const registered = await registerModuleServer({...sandbox, ...consoleAdmin, by});

	t.deepEqual(registered, {
		taniumServer: await fingerprintIn(layout.soapCertificate),
		moduleServer: await fingerprintIn(layout.moduleServerCertificate),
	});
	t.like(await readTrust(layout), {taniumServerTrusted: true, moduleServerTrusted: true});
	t.is((await stat(layout.trustedTaniumServers)).mode & 0o777, 0o644);
	const after = await Promise.all([services.state('taniumserver'), services.state('taniummoduleserver'), services.state('patch')]);
	t.deepEqual(after[0], before[0]);
	t.true(after.every(({running}) => running));
	t.notDeepEqual(after[1], before[1]);
	t.notDeepEqual(after[2], before[2]);
});

test('a Module Server that is stopped is started, as it must prove that it has the key of its certificate', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	await services.stop('taniummoduleserver');
	await installModuleServerPair(layout);
	await registerModuleServer({...sandbox, ...consoleAdmin, by});
	t.like(await readTrust(layout), {taniumServerTrusted: true, moduleServerTrusted: true});
});

test('a certificate without its key is not registered', async t => {
	const sandbox = await startSandbox(t);
	const {layout, identity, services} = sandbox;
	await installModuleServerPair(layout);
	await services.stop('taniummoduleserver');
	const impostor = createServer({cert: await readFile(layout.soapCertificate), key: await readFile(layout.soapKey)});
	impostor.listen(identity.ports.moduleServer, '127.0.0.1');
	await once(impostor, 'listening');
	t.teardown(() => impostor.close());
	const files = await trustFiles(sandbox);
	await t.throwsAsync(registerModuleServer({...sandbox, services: {...services, restart: async () => undefined}, ...consoleAdmin, by}), {
		...failed,
		message: /has not proven that it has the key of this certificate: it presents another one/,
	});
	t.deepEqual(await trustFiles(sandbox), files);
});

test('a wrong name or password, or a user who is not an administrator, changes nothing', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	await installModuleServerPair(layout);
	const states = async () => Promise.all([services.state('taniummoduleserver'), services.state('patch')]);
	const [files, running] = [await trustFiles(sandbox), await states()];
	for (const account of [{...consoleAdmin, password: 'wrong'}, {...consoleAdmin, username: 'nobody'}, consoleUser]) {
		const problem = await t.throwsAsync(registerModuleServer({...sandbox, ...account, by}), {
			instanceOf: Problem,
			code: 'registration-refused',
		});
		t.false(problem.message.includes(account.password));
		const log = (await readFile(layout.audit, 'utf8')).trimEnd().split('\n');
		t.like(JSON.parse(log.at(-2)!), {event: 'module-server-registration-began', ...by, administrator: account.username});
		t.like(JSON.parse(log.at(-1)!), {event: 'module-server-registration-refused', ...by, result: problem.message});
	}

	t.deepEqual(await trustFiles(sandbox), files);
	t.deepEqual(await states(), running);
});

test('a registration fails and changes nothing when the Tanium Server is not running', async t => {
	const sandbox = await makeSandbox(t);
	const files = await trustFiles(sandbox);
	await t.throwsAsync(registerModuleServer({...sandbox, ...consoleAdmin, by}), {...failed, message: /ECONNREFUSED/});
	t.deepEqual(await trustFiles(sandbox), files);
	await rm(sandbox.layout.moduleServerCertificate);
	await t.throwsAsync(registerModuleServer({...sandbox, ...consoleAdmin, by}), {...failed, message: /ssl\.crt/});
});

test('no password is sent to a server that presents a certificate other than the installed one', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity} = sandbox;
	const [certificate, key] = [path.join(layout.root, 'other.crt'), path.join(layout.root, 'other.key')];
	await writePair(certificate, key);
	const heard: Buffer[] = [];
	const impostor = createServer({cert: await readFile(certificate), key: await readFile(key)});
	impostor.on('secureConnection', socket => socket.on('data', (part: Buffer) => heard.push(part)).on('error', () => undefined));
	impostor.listen(identity.ports.console, '127.0.0.1');
	await once(impostor, 'listening');
	const connected = once(impostor, 'connection');
	await t.throwsAsync(registerModuleServer({...sandbox, ...consoleAdmin, by}), failed);
	await connected;
	impostor.close();
	await once(impostor, 'close');
	t.deepEqual(heard, []);
});

test('an answer that cannot be parsed is a failed registration', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity} = sandbox;
	const answers: Array<[number, string]> = [
		[500, '{}'],
		[200, 'not JSON'],
		[200, '{"data": {"certificate": "none"}}'],
	];
	const server = createServer({cert: await readFile(layout.soapCertificate), key: await readFile(layout.soapKey)}, (request, response) => {
		const [status = 404, body = ''] = request.method === 'POST' ? answers.shift()! : []; // The connections are tested by GET.
		request.resume();
		response.writeHead(status).end(body);
	});
	server.listen(identity.ports.console, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => server.close());
	const files = await trustFiles(sandbox);
	await t.throwsAsync(registerModuleServer({...sandbox, ...consoleAdmin, by}), failed);
	while (answers.length > 0) {
		// It said yes, so its own trust file is written.
		await t.throwsAsync(registerModuleServer({...sandbox, ...consoleAdmin, by}), {code: 'registration-half'});
	}

	t.deepEqual(await trustFiles(sandbox), files);
});
