// Each kind of failure really happens, and the connections tell what was presented and expected, why they fail, and what to do.
import {rm} from 'node:fs/promises';
import test from 'ava';
import type {Connection} from '../../src/registration/connection.js';
import {checkConnections} from '../../src/registration/connections.js';
import {narrowed} from '../../src/registration/fixes.js';
import {issuePair, newAuthority, type AttributeChanges} from '../helpers/authority.js';
import {makeLab, tanos} from '../helpers/appliance.js';
import {fingerprintIn, installModuleServerPair, leafOf, makeSandbox, startSandbox, type Sandbox} from '../helpers/sandbox.js';
import {readIdentity} from '../../src/appliance/identity.js';
import {processServices} from '../../src/services/processes.js';

const day = 86_400_000;
const inTwoDays = [new Date(Date.now() + 2 * day), new Date(Date.now() + 9 * day)] as const;
const register = 'Register the Module Server again: 2-M, or soap register.';

async function check({layout, identity}: Pick<Sandbox, 'layout' | 'identity'>): Promise<Connection[]> {
	return checkConnections(layout, identity);
}

/** `1 expired`, for each connection that fails. */
function failuresIn(connections: readonly Connection[]): string[] {
	return connections.filter(({ok}) => !ok).map(({number, reason}) => `${number} ${reason}`);
}

function fixOf(connections: readonly Connection[], number: number): string | null | undefined {
	return connections.find(one => one.number === number)?.fix;
}

async function install({layout, services}: Sandbox, wishes: AttributeChanges = {}): Promise<void> {
	await issuePair(await newAuthority(), layout.soapCertificate, layout.soapKey, wishes);
	await services.restart('taniumserver');
}

test('what works has no reason and no fix; presented and expected are the same', async t => {
	const sandbox = await startSandbox(t);
	const connections = await check(sandbox);
	t.true(connections.every(({ok, reason, fix}) => ok && reason === null && fix === null));
	const soap = await fingerprintIn(sandbox.layout.soapCertificate);
	const ssl = await fingerprintIn(sandbox.layout.moduleServerCertificate);
	const own = {by: 'Tanium Server', presented: soap, expectedIn: 'SOAPServer.crt', expected: [soap]};
	const both = [
		{...own, expectedIn: 'trusted.crt'},
		{by: 'Module Server', presented: ssl, expectedIn: 'trusted-module-servers.crt', expected: [ssl]},
	];
	t.deepEqual(
		connections.map(({certificates}) => certificates),
		[[own], [own], both, both, [], [{...own, expectedIn: 'trusted.crt'}]],
	);
});

for (const [service, failing, at] of [
	['taniumserver', ['1', '2', '3', '4', '6'], 1],
	['taniummoduleserver', ['3', '4'], 4],
	['patch', ['5', '6'], 5],
] as const) {
	test(`nobody listens: ${service} is stopped`, async t => {
		const sandbox = await startSandbox(t);
		await sandbox.services.stop(service);
		const connections = await check(sandbox);
		t.deepEqual(
			failuresIn(connections),
			failing.map(number => `${number} no-listener`),
		);
		t.is(fixOf(connections, at), `Start ${service}: 2-1, or service start ${service}.`);
	});
}

test('a certificate of somebody else is unknown to the Module Server and to patch', async t => {
	const sandbox = await startSandbox(t);
	const old = await fingerprintIn(sandbox.layout.soapCertificate);
	await install(sandbox);
	const connections = await check(sandbox);
	t.deepEqual(failuresIn(connections), ['3 unknown-certificate', '4 unknown-certificate', '6 unknown-certificate']);
	t.true([3, 4, 6].every(number => fixOf(connections, number) === register));
	const presented = await fingerprintIn(sandbox.layout.soapCertificate);
	t.like(connections[5]?.certificates[0], {presented, expectedIn: 'trusted.crt', expected: [old]});
});

test('an ssl.crt of somebody else is unknown to the Tanium Server', async t => {
	const sandbox = await startSandbox(t);
	await installModuleServerPair(sandbox.layout);
	await sandbox.services.restart('taniummoduleserver');
	const connections = await check(sandbox);
	t.deepEqual(failuresIn(connections), ['3 unknown-certificate', '4 unknown-certificate']);
	t.is(fixOf(connections, 4), register);
});

test('files that were replaced without a restart', async t => {
	const sandbox = await startSandbox(t);
	const {layout} = sandbox;
	await issuePair(await newAuthority(), layout.soapCertificate, layout.soapKey);
	const connections = await check(sandbox);
	t.deepEqual(failuresIn(connections), ['1 other-certificate', '4 other-certificate']);
	t.regex(fixOf(connections, 1)!, /^Restart taniumserver, which read its certificate when it started/);
});

for (const [what, wishes, reason, fix] of [
	[
		'has expired',
		{valid: [new Date('2024-01-01'), new Date('2025-01-01')]},
		'expired',
		/^Install a certificate that is valid now: 2-4, or soap install\. The clock here says \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
	],
	['is not valid yet, by this clock', {valid: inTwoDays}, 'clock', /^Compare the clocks of the appliances: this one's says \d{4}-/],
	['is for another name', {names: ['other.example.com']}, 'name-mismatch', /Subject Alternative Name has ts1\.example\.com: 2-4/],
] as const) {
	test(`a certificate that ${what}`, async t => {
		const sandbox = await makeSandbox(t);
		await install(sandbox, wishes);
		const connections = await check(sandbox);
		t.is(failuresIn(connections)[0], `1 ${reason}`);
		t.regex(fixOf(connections, 1)!, fix);
	});
}

test('which reason a peer has is told as exactly as it can be known', async t => {
	const {layout} = await makeSandbox(t);
	const certificate = await leafOf(layout.soapCertificate);
	const now = new Date();
	const later = new Date(now.getTime() + 1000 * day);
	t.is(narrowed('expired', {certificate, isListed: true}, now), 'clock', 'valid here, expired there: the clocks differ');
	t.is(narrowed('expired', {certificate, isListed: true}, later), 'expired');
	t.is(narrowed('refused-by-peer', {certificate, isListed: false}, now), 'unknown-certificate');
	t.is(narrowed('refused-by-peer', {certificate, isListed: true}, later), 'expired');
	t.is(narrowed('refused-by-peer', {certificate, isListed: undefined}, now), 'refused-by-peer');
	t.is(narrowed('refused-by-peer', {certificate: Buffer.from('damaged'), isListed: undefined}, now), 'refused-by-peer');
	t.is(narrowed('no-listener', {certificate: undefined, isListed: undefined}, now), 'no-listener');
});

test('a Module Server on another appliance: each side tells what it can know, and where to do what', async t => {
	const {members} = await makeLab(t, 'standalone');
	const [ts1, tms1] = await Promise.all(
		members.map(async ({layout, role}) => {
			return {layout, identity: await readIdentity(layout), services: processServices(layout, role as 'tanium-server')};
		}),
	);
	const healthy = await check(ts1!);
	t.deepEqual(failuresIn(healthy), []);
	t.true(healthy.every(({certificates}) => certificates.every(({presented, expected}) => expected?.includes(presented!))));

	await install(ts1!);
	const seen = await check(ts1!);
	t.deepEqual(failuresIn(seen), ['3 refused-by-peer', '4 refused-by-peer', '5 refused-by-peer', '6 refused-by-peer']);
	t.like(seen[3]?.certificates[0], {by: 'Tanium Server', expectedIn: 'trusted.crt', expected: null});
	const {console} = ts1!.identity.ports;
	const where = `2-M on tms1.example.com, or TaniumModuleServer register ts1.example.com:${console} there`;
	t.is(fixOf(seen, 4), `tms1.example.com tells why (4 there): its clock, or its trusted.crt. To register it again: ${where}.`);

	const {stdout, exitCode} = await tanos(['--root', ts1!.layout.root, 'soap', 'status', 'json']);
	t.is(exitCode, 1);
	t.deepEqual((JSON.parse(stdout) as {connections: Connection[]}).connections, seen);

	const there = await check(tms1!);
	t.deepEqual(failuresIn(there), ['3 unknown-certificate', '6 unknown-certificate']);
	t.is(fixOf(there, 3), `Register the Module Server again: 2-M, or TaniumModuleServer register ts1.example.com:${console}.`);

	await ts1!.services.stop('taniumserver');
	t.is(fixOf(await check(tms1!), 3), 'Start taniumserver on ts1.example.com: 2-1, or service start taniumserver.');
	await ts1!.services.start('taniumserver');
	await tms1!.services.stop('taniummoduleserver');
	t.is(fixOf(await check(ts1!), 4), 'Start taniummoduleserver on tms1.example.com: 2-1, or service start taniummoduleserver.');
});

test('trust files that are missing are empty', async t => {
	const sandbox = await startSandbox(t);
	await Promise.all([sandbox.layout.trustedTaniumServers, sandbox.layout.trustedModuleServers].map(async file => rm(file)));
	const [, , registration] = await check(sandbox);
	t.like(registration, {reason: 'unknown-certificate', fix: register});
	t.deepEqual(
		registration?.certificates.map(({expected}) => expected),
		[[], []],
	);
});
