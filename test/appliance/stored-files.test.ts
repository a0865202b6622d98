// The fixtures are an appliance and journals as commit 1e54ea6 wrote them, without pairs and host key: they must stay readable.
import {cp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readIdentity} from '../../src/appliance/identity.js';
import type {Layout} from '../../src/appliance/layout.js';
import {parseStored, parseStoredMap} from '../../src/appliance/stored-json.js';
import {accountFor, readAccounts} from '../../src/appliance/users/accounts.js';
import {locksOf} from '../../src/appliance/users/lockout.js';
import {readSecuritySettings} from '../../src/appliance/users/security-settings.js';
import {packageRoot} from '../../src/services/package-root.js';
import {runningIn} from '../../src/services/pid-file.js';
import {number, object} from 'valibot';
import {readJournal} from '../../src/installation/journal.js';
import {emptyLayout} from './folder.js';

const now = new Date('2030-01-01T00:00:01Z');

async function oldAppliance(t: ExecutionContext): Promise<Layout> {
	const layout = await emptyLayout(t);
	await cp(path.join(packageRoot(), 'test', 'fixtures', 'appliance-1e54ea6'), layout.root, {recursive: true});
	return layout;
}

test('the files of an older appliance are read', async t => {
	const layout = await oldAppliance(t);
	t.like(await readIdentity(layout), {name: 'ts1.example.com', serial: 'SBX-B51DC733', ports: {console: 22_625}, settle: 2000});
	t.deepEqual(Object.keys(await readAccounts(layout.accounts)), ['tanadmin', 'tanuser', 'tancopy']);
	t.is((await accountFor(layout.accounts, 'tanadmin', 'URkUaj+o3FmdZCe9'))?.role, 'tanadmin');
	t.is((await accountFor(layout.consoleAccounts, 'tanium', 'dDVjaHW8ekz.PTHz'))?.role, 'console-admin');
	t.deepEqual(await locksOf(layout, 'tanuser', now), [{origin: 'network', until: new Date('2030-01-01T00:10:00Z')}]);
	t.deepEqual(await readSecuritySettings(layout), {
		lockoutSeconds: 900,
		maximumLogins: 10,
		menuTimeoutSeconds: 0,
		maximumBackups: 0,
		maximumBackupDays: 0,
		recordSessions: 0,
		maximumRecordingMegabytes: 20,
		maximumTotalRecordingMegabytes: 1000,
		maximumRecordingDays: 90,
	});
	t.is(await runningIn(path.join(layout.run, 'patch.json')), undefined, 'a process of another boot');
});

const readers: ReadonlyArray<{code: string; file: (layout: Layout) => string; read: (layout: Layout) => Promise<unknown>}> = [
	{code: 'identity-unreadable', file: ({identity}) => identity, read: readIdentity},
	{code: 'accounts-unreadable', file: ({accounts}) => accounts, read: async ({accounts}) => readAccounts(accounts)},
	{code: 'lockouts-unreadable', file: ({lockouts}) => lockouts, read: async layout => locksOf(layout, 'tanuser', now)},
	{code: 'settings-unreadable', file: ({securitySettings}) => securitySettings, read: readSecuritySettings},
];

for (const {code, file, read} of readers) {
	test(`${code}: version 1 is read, another version and damage are refused with the reason`, async t => {
		const layout = await oldAppliance(t);
		const before = JSON.parse(await readFile(file(layout), 'utf8')) as object;
		await writeFile(file(layout), JSON.stringify({version: 1, ...before}));
		await t.notThrowsAsync(read(layout));
		await writeFile(file(layout), JSON.stringify({version: 2, ...before}));
		await t.throwsAsync(read(layout), {code, message: /It has version 2; this program reads version 1\.$/});
		await writeFile(file(layout), '[]');
		await t.throwsAsync(read(layout), {code, message: /It is not a JSON object\.$/});
		await writeFile(file(layout), '{"secret');
		await t.throwsAsync(read(layout), {code, message: /It is not JSON\.$/});
	});
}

test('the field that is wrong is named, and its value is not quoted', t => {
	const schema = object({inner: object({size: number()})});
	t.throws(() => parseStored('{"inner": {"size": "s3cret"}}', schema), {message: 'inner.size must be number.'});
	t.throws(() => parseStoredMap('{"__proto__": {"inner": {}}}', schema), {message: /^inner\.size must be/});
});

/** That release began its journal only when it had prepared everything, and knew neither PUBLISHED nor RETIRING. */
const olderPhases = ['PREPARED', 'SWITCHING', 'SWITCHED', 'ROLLING_BACK', 'COMMITTED'] as const;

for (const phase of olderPhases) {
	test(`a journal of an older release is read: ${phase}`, async t => {
		const layout = await emptyLayout(t);
		await cp(path.join(packageRoot(), 'test', 'fixtures', 'journals-1e54ea6', `${phase}.json`), layout.journal);
		t.like(await readJournal(layout), {id: '20261125-220000', phase, wasRunning: true});
	});
}
