import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {accountFor, readAccounts} from '../../src/appliance/users/accounts.js';
import {createAppliance} from '../../src/appliance/create.js';
import {readIdentity} from '../../src/appliance/identity.js';
import {layoutOf} from '../../src/appliance/layout.js';
import {passwordComplaints} from '../../src/appliance/users/passwords.js';
import {Problem} from '../../src/problem.js';
import {emptyFolder, emptyLayout, modeOf} from './folder.js';

const name = 'ts1.example.com';

async function create(t: ExecutionContext, authorizedKeys: string[] = []) {
	const layout = layoutOf(path.join(await emptyFolder(t), 'appliance'));
	return {layout, ...(await createAppliance(layout, {name, role: 'all-in-one', authorizedKeys}))};
}

test('a new appliance has its folders and files, each with the right mode', async t => {
	const {layout} = await create(t);
	for (const [file, mode] of [
		[layout.settings, '0700'],
		[layout.state, '0700'],
		[layout.backups, '0700'],
		[layout.run, '0700'],
		[layout.incoming, '0700'],
		[layout.outgoing, '0700'],
		[layout.taniumServer, '0755'],
		[layout.moduleServer, '0755'],
		[layout.taniumServerLogs, '0755'],
		[layout.moduleServerLogs, '0755'],
		[layout.soapCertificate, '0644'],
		[layout.soapKey, '0600'],
		[layout.moduleServerCertificate, '0644'],
		[layout.moduleServerKey, '0600'],
		[layout.identity, '0600'],
		[layout.accounts, '0600'],
		[layout.consoleAccounts, '0600'],
		[layout.hostKey, '0600'],
	] as const) {
		t.is(await modeOf(file), mode, path.relative(layout.root, file));
	}
});

test('it has its name, its role and a unique serial', async t => {
	const [one, two] = [await create(t), await create(t)];
	t.like(one.identity, {name, role: 'all-in-one', world: 'sandbox'});
	t.deepEqual(await readIdentity(one.layout), one.identity);
	t.not(one.identity.serial, two.identity.serial);
});

test('its name is stored in lower case, and so are the names in its certificates', async t => {
	const layout = layoutOf(path.join(await emptyFolder(t), 'appliance'));
	const {identity} = await createAppliance(layout, {name: 'TS1.Example.COM', role: 'all-in-one', authorizedKeys: []});
	t.is(identity.name, name);
	t.is(new X509Certificate(await readFile(layout.soapCertificate)).subject, `CN=${name}`);
});

test('its two pairs match, differ, and name the appliance and localhost', async t => {
	const {layout} = await create(t);
	const [soap, module] = await Promise.all(
		[layout.soapCertificate, layout.moduleServerCertificate].map(async file => new X509Certificate(await readFile(file))),
	);
	t.is(soap!.checkHost(name), name);
	t.is(soap!.checkHost('localhost'), 'localhost');
	t.not(soap!.fingerprint256, module!.fingerprint256);
	t.true((await readFile(layout.soapKey, 'utf8')).startsWith('-----BEGIN '));
});

test('its initial passwords follow the rules, differ, open their accounts, and are not stored', async t => {
	const {layout, passwords} = await create(t);
	t.is(new Set(Object.values(passwords)).size, 4);
	for (const [user, password] of Object.entries(passwords)) {
		t.deepEqual(passwordComplaints(password, ''), [], user);
	}

	for (const user of ['tanadmin', 'tanuser', 'tancopy'] as const) {
		t.is((await accountFor(layout.accounts, user, passwords[user]))?.role, user);
	}

	t.is((await accountFor(layout.consoleAccounts, 'tanium', passwords.tanium!))?.role, 'console-admin');
	for (const file of await readdir(layout.root, {recursive: true, withFileTypes: true})) {
		if (file.isFile()) {
			const text = await readFile(path.join(file.parentPath, file.name), 'utf8');
			t.false(
				Object.values(passwords).some(password => text.includes(password)),
				file.name,
			);
		}
	}
});

test('the given keys sign in as tanadmin and tancopy', async t => {
	const {layout} = await create(t, ['ssh-ed25519 AAAA somebody']);
	const accounts = await readAccounts(layout.accounts);
	t.deepEqual(
		['tanadmin', 'tanuser', 'tancopy'].map(user => accounts[user]?.authorizedKeys.length),
		[1, 0, 1],
	);
});

test('it has four ports, none of which is in use', async t => {
	const takers = await Promise.all(
		[8443, 2222].map(async port => {
			const server = createServer().listen(port, '127.0.0.1');
			// Somebody else on this machine may have it already, which serves as well.
			await Promise.race([
				once(server, 'listening'),
				new Promise(resolve => {
					server.once('error', resolve);
				}),
			]);
			return server;
		}),
	);
	t.teardown(() => {
		for (const server of takers) {
			server.close();
		}
	});
	const {
		identity: {ports},
	} = await create(t);
	t.is(new Set(Object.values(ports)).size, 4);
	t.false([8443, 2222].some(taken => Object.values(ports).includes(taken)));
	t.true(Object.values(ports).every(port => port > 1023 && port < 65_536));
});

test('a folder with an appliance is not changed', async t => {
	const {layout} = await create(t);
	const before = await readFile(layout.accounts, 'utf8');
	const problem = await t.throwsAsync<Problem>(createAppliance(layout, {role: 'all-in-one', name, authorizedKeys: []}), {
		instanceOf: Problem,
	});
	t.is(problem.code, 'appliance-exists');
	t.is(await readFile(layout.accounts, 'utf8'), before);
});

test('existing files without an identity are never overwritten', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	await writeFile(layout.accounts, '{');
	const problem = await t.throwsAsync<Problem>(createAppliance(layout, {role: 'all-in-one', name, authorizedKeys: []}), {
		instanceOf: Problem,
	});
	t.is(problem.code, 'appliance-damaged');
	t.is(await readFile(layout.accounts, 'utf8'), '{');
});

for (const bad of [
	'',
	'ts1',
	'ts1.',
	'.example.com',
	'ts1..example.com',
	'-ts1.example.com',
	'ts1-.example.com',
	'ts1.example.com-',
	'ts 1.example.com',
	'ts1.example.com\n',
	'*.example.com',
	'ts1_a.example.com',
	'127.0.0.1',
	'münchen.example.com',
	`${'a'.repeat(61)}.com`,
	'../../etc.example.com',
]) {
	test(`${JSON.stringify(bad)} is no name for an appliance, and nothing is made`, async t => {
		const layout = await emptyLayout(t);
		const problem = await t.throwsAsync<Problem>(createAppliance(layout, {role: 'all-in-one', name: bad, authorizedKeys: []}), {
			instanceOf: Problem,
		});
		t.is(problem.code, 'bad-name');
		t.deepEqual(await readdir(layout.root), []);
	});
}

test('a root that cannot contain folders is refused and named', async t => {
	const folder = await emptyFolder(t);
	await writeFile(path.join(folder, 'file'), '');
	const problem = await t.throwsAsync<Problem>(
		createAppliance(layoutOf(path.join(folder, 'file')), {role: 'all-in-one', name, authorizedKeys: []}),
		{
			instanceOf: Problem,
		},
	);
	t.is(problem.code, 'bad-root');
	t.true(problem.message.includes(folder));
});

test('a root that is not writable is a problem', async t => {
	const problem = await t.throwsAsync<Problem>(
		createAppliance(layoutOf('/proc/none/below'), {role: 'all-in-one', name, authorizedKeys: []}),
		{
			instanceOf: Problem,
		},
	);
	t.is(problem.code, 'bad-root');
});
