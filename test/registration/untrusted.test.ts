// Whoever answers at the Tanium Server's address, and whoever asks for a registration, must prove who they are.
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:https';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {registerWith} from '../../src/console/flows/register-with.js';
import type {Conversation} from '../../src/console/conversation.js';
import type {ConsoleSession} from '../../src/console/environment.js';
import {toPem} from '../../src/certificates/parse/pem.js';
import {Problem} from '../../src/problem.js';
import {callConsole, ownTaniumServer} from '../../src/registration/console-api.js';
import {issuePair, newAuthority, orderPair} from '../helpers/authority.js';
import {ahead} from '../helpers/clock.js';
import {taniumServerInFront} from '../helpers/in-front.js';
import {
	consoleAdmin,
	installModuleServerPair,
	installPair,
	leafOf,
	makeSandbox,
	startSandbox,
	temporaryFolder,
	writePair,
	type Sandbox,
} from '../helpers/sandbox.js';

type Heard = {prompts: string[]; printed: string[]};

/** A person who confirms what is asked, and what happens while the password is typed. */
function operator(heard: Heard, meanwhile = async () => {}): Conversation {
	const secret = async (prompt: string) => {
		heard.prompts.push(prompt);
		await meanwhile();
		return consoleAdmin.password;
	};

	return {
		print: (text: string) => void heard.printed.push(text),
		confirm: async () => true,
		ask: async () => consoleAdmin.username,
		secret,
		step: async <Result>(_: string, work: () => Promise<Result>) => work(),
	} as unknown as Conversation;
}

async function register(sandbox: Sandbox, meanwhile?: () => Promise<void>): Promise<{heard: Heard; problem?: Problem}> {
	const heard: Heard = {prompts: [], printed: []};
	const session = {...sandbox, user: {name: 'tanadmin', role: 'tanadmin'}, from: 'console'} as unknown as ConsoleSession;
	const {name, ports} = sandbox.identity;
	try {
		await registerWith(operator(heard, meanwhile), session, {name, port: ports.console});
		return {heard};
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		return {heard, problem: error};
	}
}

async function files({layout}: Sandbox): Promise<string[]> {
	const {trustedTaniumServers, trustedModuleServers, moduleServerPlace} = layout;
	return Promise.all([trustedTaniumServers, trustedModuleServers, moduleServerPlace].map(async file => readFile(file, 'utf8')));
}

async function serve(
	t: ExecutionContext,
	port: number,
	pair: {cert: string | Buffer; key: Buffer},
): Promise<{server: Server; received: Buffer[]}> {
	const received: Buffer[] = [];
	const server = createServer(pair);
	server.on('secureConnection', socket => {
		socket.on('data', (part: Buffer) => received.push(part)).on('error', () => undefined);
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	return {server, received};
}

for (const [who, present] of [
	['a certificate of its own', (own: string) => own],
	['a certificate of its own, and the confirmed one behind it', (own: string, confirmed: string) => own + confirmed],
] as const) {
	test(`the password is not sent to an impostor who takes the port after the confirmation, with ${who}`, async t => {
		const sandbox = await startSandbox(t);
		const {layout, identity, services} = sandbox;
		await installPair(layout);
		await services.restart('taniumserver');
		const folder = await temporaryFolder(t);
		await writePair(path.join(folder, 'other.crt'), path.join(folder, 'other.key'));
		const cert = present(await readFile(path.join(folder, 'other.crt'), 'utf8'), await readFile(layout.soapCertificate, 'utf8'));
		const before = await files(sandbox);
		let received: Buffer[] = [];
		const {heard, problem} = await register(sandbox, async () => {
			await services.stop('taniumserver');
			const impostor = await serve(t, identity.ports.console, {cert, key: await readFile(path.join(folder, 'other.key'))});
			received = impostor.received;
		});
		t.regex(heard.printed.join('\n'), /SHA-256/);
		t.is(heard.prompts.length, 1);
		t.is(problem?.message, 'The Module Server could not be registered: it presents a different certificate.');
		t.regex(problem?.hint ?? '', /Nothing was sent to it/);
		t.deepEqual(received, []);
		t.deepEqual(await files(sandbox), before);
	});
}

test('nor to an impostor with a certificate of the same CA', async t => {
	const sandbox = await makeSandbox(t);
	const {layout, identity} = sandbox;
	const [authority, folder] = [await newAuthority(), await temporaryFolder(t)];
	await issuePair(authority, layout.soapCertificate, layout.soapKey);
	await issuePair(authority, path.join(folder, 'other.crt'), path.join(folder, 'other.key'));
	await sandbox.services.start('taniumserver');
	let received: Buffer[] = [];
	const {problem} = await register(sandbox, async () => {
		await sandbox.services.stop('taniumserver');
		const pair = {cert: await readFile(path.join(folder, 'other.crt')), key: await readFile(path.join(folder, 'other.key'))};
		received = (await serve(t, identity.ports.console, pair)).received;
	});
	t.regex(problem?.message ?? '', /it presents a different certificate/);
	t.deepEqual(received, []);
});

test("another server's certificate is not registered without its key", async t => {
	const sandbox = await startSandbox(t);
	const {layout, identity} = sandbox;
	const before = await files(sandbox);
	const place = {name: identity.name, port: identity.ports.moduleServer};
	const body = {...consoleAdmin, certificate: toPem('CERTIFICATE', await leafOf(layout.soapCertificate)), place};
	const asked = {method: 'POST', path: '/api/v2/module-server/registration', body} as const;
	const {status, body: answer} = await callConsole(await ownTaniumServer(layout, identity), asked);
	t.is(status, 409);
	t.regex(answer, /has not proven that it has the key of this certificate: it presents another one/);
	t.deepEqual(await files(sandbox), before);
});

for (const [what, valid, message] of [
	[
		'has expired',
		[new Date('2024-01-01'), new Date('2025-01-01')],
		/has expired: it was valid to 2025-01-01 00:00 UTC\. This appliance's clock says 20/,
	],
	['is not valid yet', [new Date('2090-01-01'), new Date('2091-01-01')], /is not valid yet, but from 2090-01-01 00:00 UTC/],
] as const) {
	test(`a Tanium Server whose certificate ${what} is told before anything is asked`, async t => {
		const sandbox = await makeSandbox(t);
		await orderPair(sandbox.layout.taniumServer, {valid});
		await sandbox.services.start('taniumserver');
		const before = await files(sandbox);
		const {heard, problem} = await register(sandbox);
		t.is(problem?.code, 'certificate-not-current');
		t.regex(problem?.message ?? '', message);
		t.deepEqual(heard.prompts, []);
		t.deepEqual(await files(sandbox), before);
	});
}

test('a Tanium Server whose clock is wrong says so, and changes nothing', async t => {
	const sandbox = await startSandbox(t);
	const {layout, services} = sandbox;
	await services.stop('taniumserver');
	await installModuleServerPair(layout); // For a year.
	await taniumServerInFront(t, layout.root, ahead(400 * 86_400));
	const before = await files(sandbox);
	const {problem} = await register(sandbox);
	t.regex(
		problem?.message ?? '',
		/The Tanium Server does not accept the Module Server's certificate: its certificate has expired \(the clock there says \d{4}-.* UTC\)/,
	);
	t.deepEqual(await files(sandbox), before);
});
