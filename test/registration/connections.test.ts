import {once} from 'node:events';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import test from 'ava';
import {fingerprintOf} from '../../src/certificates/parse/pem.js';
import {labAuthority} from '../../src/appliance/lab.js';
import {signRequest} from '../../src/certificates/issuance/lab-authority.js';
import {makeRequest} from '../../src/certificates/issuance/request.js';
import {subjectOf} from '../../src/certificates/issuance/subject.js';
import {readRequest} from '../../src/certificates/parse/request-file.js';
import {checkConnections} from '../../src/registration/connections.js';
import {callConsole, ownTaniumServer} from '../../src/registration/console-api.js';
import {registerModuleServer} from '../../src/registration/register.js';
import {sequence, text} from '../certificates/fixtures/der.js';
import {attribute} from '../certificates/fixtures/make.js';
import {issuePair, newAuthority, orderPair} from '../helpers/authority.js';
import {consoleAdmin, installModuleServerPair, installPair, leafOf, makeSandbox, type Sandbox, startSandbox} from '../helpers/sandbox.js';

async function results({layout, identity}: Sandbox): Promise<string[]> {
	const connections = await checkConnections(layout, identity);
	return connections.map(({number, from, to, ok, result}) => `${number} ${from} -> ${to}: ${ok ? 'ok' : 'FAILED'}, ${result}`);
}

const healthy = [
	'1 User system -> Tanium Server: ok, accepted by its name, as its own root',
	'2 CA -> Tanium Server: ok, self-signed; browsers will warn',
	'3 Module Server -> Tanium Server: ok, both trust files are up to date',
	'4 Tanium Server -> Module Server: ok, both proved their identity',
	'5 Module Server -> patch: ok, answers on localhost, without TLS',
	'6 patch -> Tanium Server: ok, trusted.crt holds its certificate',
];

test('all six connections of a new appliance work', async t => {
	t.deepEqual(await results(await startSandbox(t)), healthy);
});

test('a new SOAPServer.crt breaks trust until the Module Server is registered again', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	await issuePair(await newAuthority(), layout.soapCertificate, layout.soapKey);
	t.is((await results(sandbox))[0], '1 User system -> Tanium Server: FAILED, presents a certificate other than the installed one');
	await services.restart('taniumserver');
	const broken = await results(sandbox);
	t.deepEqual(broken, [
		'1 User system -> Tanium Server: ok, accepted by its name; its root is not here',
		'2 CA -> Tanium Server: ok, issued by CN=Example CA, O=Example',
		'3 Module Server -> Tanium Server: FAILED, trusted.crt lacks SOAPServer.crt',
		'4 Tanium Server -> Module Server: FAILED, our certificate was refused',
		healthy[4],
		'6 patch -> Tanium Server: FAILED, trusted.crt lacks its certificate',
	]);
	await registerModuleServer({...sandbox, ...consoleAdmin, by: {user: 'tanadmin', from: 'console'}});
	t.deepEqual(await results(sandbox), [broken[0], broken[1], ...healthy.slice(2)]);
});

test('a new ssl.crt is refused by the Tanium Server until it is registered', async t => {
	const sandbox = await startSandbox(t);
	await installModuleServerPair(sandbox.layout);
	await sandbox.services.restart('taniummoduleserver');
	t.deepEqual((await results(sandbox)).slice(2, 4), [
		'3 Module Server -> Tanium Server: FAILED, trusted-module-servers.crt lacks ssl.crt',
		'4 Tanium Server -> Module Server: FAILED, trusted-module-servers.crt lacks its certificate',
	]);
	await installPair(sandbox.layout);
	await sandbox.services.restart('taniumserver');
	t.is((await results(sandbox))[2], '3 Module Server -> Tanium Server: FAILED, neither trust file is up to date');
	await registerModuleServer({...sandbox, ...consoleAdmin, by: {user: 'tanadmin', from: 'console'}});
	t.deepEqual(await results(sandbox), healthy);
});

for (const [what, wishes, result] of [
	['with its root', {}, 'ok, accepted by its name, with its root'],
	['that has expired', {valid: [new Date('2024-01-01'), new Date('2025-01-01')]}, 'FAILED, a certificate has expired'],
	['for another host', {names: ['other.example.com']}, 'FAILED, its certificate is not for ts1.example.com'],
] as const) {
	test(`a certificate ${what} is tried as a user would`, async t => {
		const {layout, identity, services} = await makeSandbox(t);
		await orderPair(layout.taniumServer, wishes);
		await services.start('taniumserver');
		t.is((await results({layout, identity, services}))[0], `1 User system -> Tanium Server: ${result}`);
	});
}

test('a certificate of the lab CA is tried with the root of that CA, though its file does not hold the root', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	const authority = await labAuthority(layout, new Date());
	const {request, key} = await makeRequest(subjectOf([identity.name]), {days: 300});
	const now = new Date();
	const issued = signRequest(readRequest(Buffer.from(request)), authority, {days: 300, from: now, asRequired: true});
	await writeFile(layout.soapCertificate, issued);
	await writeFile(layout.soapKey, key);
	await services.start('taniumserver');
	const sandbox = {layout, identity, services};
	t.is((await results(sandbox))[0], '1 User system -> Tanium Server: ok, accepted by its name, with the root of the lab CA');

	await rm(layout.lab, {recursive: true});
	await labAuthority(layout, now);
	t.is((await results(sandbox))[0], '1 User system -> Tanium Server: ok, accepted by its name; its root is not here', 'of another lab CA');
});

test('a server that does not answer is reported as a failed connection', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity, services} = sandbox;
	const silent = createServer(socket => socket.destroy()).listen(identity.ports.patch, '127.0.0.1');
	await once(silent, 'listening');
	t.teardown(() => silent.close());
	const dead = await checkConnections(layout, identity);
	t.deepEqual(
		dead.map(({ok}) => ok),
		[false, false, false, false, false, false],
	);
	t.true(dead.every(({result}) => result.length > 0));

	await services.start('taniumserver');
	await rm(layout.trustedModuleServers);
	t.deepEqual((await results(sandbox)).slice(0, 4), [
		healthy[0],
		healthy[1],
		'3 Module Server -> Tanium Server: FAILED, the Module Server does not answer',
		'4 Tanium Server -> Module Server: FAILED, nothing answers on its port',
	]);
});

test('a result is one short line of ASCII, whatever the name of the CA', async t => {
	const {layout, identity, services} = await makeSandbox(t);
	const name = `\u001B[31m\u00C4${'x'.repeat(56)}`;
	await issuePair(await newAuthority(sequence(attribute('2.5.4.10', text(name)))), layout.soapCertificate, layout.soapKey);
	await services.start('taniumserver');
	const [, {result} = {result: ''}] = await checkConnections(layout, identity);
	t.is(result, `issued by O=\\x1b[31m?${'x'.repeat(39)}`);
});

test('an appliance without certificates still gives six results', async t => {
	const {layout, identity} = await makeSandbox(t);
	await Promise.all([layout.soapCertificate, layout.moduleServerCertificate].map(async file => rm(file)));
	await writeFile(layout.trustedTaniumServers, 'damaged');
	t.is((await checkConnections(layout, identity)).length, 6);
});

test("the Tanium Server's diagnostics contain the certificates that were presented", async t => {
	const {layout, identity} = await startSandbox(t);
	const {status, body} = await callConsole(await ownTaniumServer(layout, identity), {
		method: 'GET',
		path: '/api/v2/diagnostics/module-server',
	});
	t.is(status, 200);
	const [soap, ssl] = [fingerprintOf(await leafOf(layout.soapCertificate)), fingerprintOf(await leafOf(layout.moduleServerCertificate))];
	t.deepEqual(JSON.parse(body), {
		data: {
			connections: [
				{
					from: 'taniumserver',
					to: 'taniummoduleserver',
					ok: true,
					result: 'both proved their identity',
					showed: soap,
					presented: ssl,
					trusts: [soap],
				},
				{from: 'taniummoduleserver', to: 'patch', ok: true, result: 'answers on localhost, without TLS'},
				{from: 'patch', to: 'taniumserver', ok: true, result: 'trusted.crt holds its certificate', presented: soap},
			],
		},
	});
	t.false(body.includes(await readFile(layout.soapKey, 'utf8')));
});
