import {mkdir, writeFile} from 'node:fs/promises';
import test from 'ava';
import {readIdentity, writeIdentity, type Identity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {Problem} from '../../src/problem.js';
import {emptyLayout, modeOf} from './folder.js';

const identity: Identity = {
	name: 'ts1.example.com',
	serial: 'TEST-1',
	role: 'all-in-one',
	world: 'sandbox',
	address: '127.0.0.1',
	ports: {console: 1, moduleServer: 2, ssh: 3, patch: 4},
	settle: 5,
};

test('a written identity is read back, and only its owner can read it', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	await writeIdentity(layout, identity);
	t.deepEqual(await readIdentity(layout), identity);
	t.is(await modeOf(layout.identity), '0600');
});

test('a folder without an appliance is a problem that says how to create one', async t => {
	const layout = await emptyLayout(t);
	const problem = await t.throwsAsync<Problem>(readIdentity(layout), {instanceOf: Problem});
	t.is(problem.code, 'no-appliance');
	t.is(problem.hint, `Make one: tanos appliance create --root ${layout.root}`);
});

test('an identity that is not JSON, or not a file, is a Problem that names it', async t => {
	for (const spoil of [async (file: string) => writeFile(file, '{'), async (file: string) => mkdir(file)]) {
		const layout = await emptyLayout(t);
		await mkdir(layout.settings, {recursive: true});
		await spoil(layout.identity);
		const problem = await t.throwsAsync<Problem>(readIdentity(layout), {instanceOf: Problem});
		t.is(problem.code, 'identity-unreadable');
		t.true(problem.message.startsWith(layout.identity));
	}
});

test('an identity of an earlier release, which says no address, is on 127.0.0.1', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	await writeFile(layout.identity, JSON.stringify({...identity, address: undefined}));
	t.deepEqual(await readIdentity(layout), identity);
});

test('every path of an appliance is under its root', t => {
	for (const place of Object.values(layoutOf('/srv/appliance/'))) {
		t.true(place === '/srv/appliance' || place.startsWith('/srv/appliance/'), place);
	}

	t.is(layoutOf('/').soapKey, '/opt/Tanium/TaniumServer/SOAPServer.key');
});
