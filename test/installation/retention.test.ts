// Which backups a successful installation removes, and what nothing may remove.
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../src/appliance/layout.js';
import {setSecuritySetting, type SecuritySettings} from '../../src/appliance/users/security-settings.js';
import {backupIds, dateOfId} from '../../src/installation/backups.js';
import type {Change} from '../../src/installation/change.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {writeJournal} from '../../src/installation/journal.js';
import {settle} from '../../src/installation/settle.js';
import {Problem} from '../../src/problem.js';
import {makeSandbox, sandboxName, type Sandbox} from '../helpers/sandbox.js';
import {makeRig} from './fixtures/appliance.js';
import {afterStep, installUpload} from './fixtures/install.js';

const by = {user: 'tanadmin', from: 'console'};
const ended = '20261123-224800';

/** Makes backups with these ids, each with the two files in /outgoing. */
async function makeBackups({layout}: Pick<Sandbox, 'layout'>, ids: readonly string[]): Promise<void> {
	for (const id of ids) {
		await mkdir(path.join(layout.backups, id), {recursive: true});
		await writeFile(path.join(layout.backups, id, 'SOAPServer.key'), 'key');
		for (const file of ['SOAPServer.crt', 'SOAPServer.key.p7m']) {
			await writeFile(path.join(layout.outgoing, `${sandboxName}-${id}-${file}`), 'copy');
		}
	}
}

async function removals({audit}: Layout): Promise<Array<Record<string, unknown>>> {
	const lines = (await readFile(audit, 'utf8')).trim().split('\n');
	return lines.map(line => JSON.parse(line) as Record<string, unknown>).filter(({event}) => event === 'backups-removed');
}

/** Ends an installation with this id. Resolves with what is left, the newest first. */
async function left(t: ExecutionContext, limits: Partial<SecuritySettings>, ids: readonly string[], id = ended): Promise<string[]> {
	const sandbox = await makeSandbox(t);
	await makeBackups(sandbox, ids);
	for (const [name, value] of Object.entries(limits)) {
		await setSecuritySetting(sandbox.layout, name as keyof SecuritySettings, value, by);
	}

	await end(sandbox, id);
	const found = await backupIds(sandbox.layout);
	const files = found.flatMap(each => ['SOAPServer.crt', 'SOAPServer.key.p7m'].map(file => `${sandboxName}-${each}-${file}`));
	t.deepEqual((await readdir(sandbox.layout.outgoing)).toSorted(), files.toSorted(), 'the same backups are in /outgoing');
	return found;
}

async function end(sandbox: Sandbox, id = ended, meddle: () => Promise<void> = async () => undefined) {
	const digest = {certificate: '0'.repeat(64), key: '0'.repeat(64), leaf: 'A', chain: []};
	const change: Change = {
		id,
		user: 'tanadmin',
		phase: 'COMMITTED',
		old: digest,
		new: digest,
		wasRunning: true,
		backup: [],
		origins: [],
	};
	await writeJournal(sandbox.layout, change);
	await meddle();
	return settle(sandbox, {outcome: {kind: 'installed', change, remarks: []}, finished: true}, {event: 'installation-ended'});
}

const old = ['20261123-224700', '20261101-000000', '20250101-000000'];

test('all backups are kept by default', async t => {
	t.deepEqual(await left(t, {}, [ended, ...old]), [ended, ...old]);
});

test('the newest are kept, this one among them', async t => {
	t.deepEqual(await left(t, {maximumBackups: 2}, [ended, ...old]), [ended, '20261123-224700']);
	t.deepEqual(await left(t, {maximumBackups: 1}, [ended, ...old]), [ended]);
});

test('ten and more in one second are in their order', async t => {
	const ids = Array.from({length: 11}, (_, index) => (index === 0 ? ended : `${ended}-${index + 1}`));
	t.deepEqual(await left(t, {maximumBackups: 2}, ids, `${ended}-11`), [`${ended}-11`, `${ended}-10`]);
});

test('those that are older than the limit are removed, but never the newest', async t => {
	t.deepEqual(await left(t, {maximumBackupDays: 22}, [ended, ...old]), [ended, '20261123-224700']);
	t.deepEqual(await left(t, {maximumBackupDays: 23}, [ended, ...old]), [ended, '20261123-224700', '20261101-000000']);
	t.deepEqual(await left(t, {maximumBackupDays: 1}, ['20250101-000000', '20240101-000000']), ['20250101-000000']);
});

test('a backup from the future counts as new, and that of the installation stays', async t => {
	t.deepEqual(await left(t, {maximumBackupDays: 1}, ['20380101-000000', ended, ...old]), ['20380101-000000', ended, '20261123-224700']);
	t.deepEqual(await left(t, {maximumBackups: 1}, ['20380101-000000', ended, ...old]), ['20380101-000000', ended]);
});

test('an event names what was removed, and foreign files and folders stay', async t => {
	const sandbox = await makeSandbox(t);
	const {layout} = sandbox;
	await makeBackups(sandbox, [ended, '20250101-000000', '20250101-000000-2']);
	const foreign = ['mine', '20251399-000000', '20240101-000000.old', '20240101-000000-0'];
	for (const name of foreign) {
		await mkdir(path.join(layout.backups, name));
	}

	await writeFile(path.join(layout.backups, '20230101-000000'), 'a file');
	const others = [
		'notes-20250101-000000-SOAPServer.key',
		`${sandboxName}-20250101-000000-notes.txt`,
		`${sandboxName}-20250101-000000-2.txt`,
	];
	for (const name of others) {
		await writeFile(path.join(layout.outgoing, name), 'mine');
	}

	await writeFile(path.join(layout.outgoing, `${sandboxName}-20250101-000000-SOAPServer.key`), 'plain');
	await setSecuritySetting(layout, 'maximumBackups', 1, by);
	const told = describeOutcome(await end(sandbox));
	t.true(told.includes('2 old backups were removed (A-A-P-B).'), told.join('\n'));
	t.deepEqual((await readdir(layout.backups)).toSorted(), [...foreign, '20230101-000000', ended].toSorted());
	const copies = ['crt', 'key.p7m'].map(ending => `${sandboxName}-${ended}-SOAPServer.${ending}`);
	t.deepEqual((await readdir(layout.outgoing)).toSorted(), [...others, ...copies].toSorted());
	const [removal, ...more] = await removals(layout);
	t.like(removal, {user: 'tanadmin', backups: ['20250101-000000-2', '20250101-000000']});
	t.deepEqual(more, []);
});

test('what cannot be removed is said, and the others are removed', async t => {
	const sandbox = await makeSandbox(t);
	const {layout} = sandbox;
	await makeBackups(sandbox, [ended, '20250101-000000', '20240101-000000']);
	const blocking = path.join(layout.outgoing, `${sandboxName}-20250101-000000-SOAPServer.crt`);
	await rm(blocking);
	await mkdir(blocking);
	await setSecuritySetting(layout, 'maximumBackups', 1, by);
	const outcome = await end(sandbox);
	t.is(outcome.kind, 'installed');
	t.regex(describeOutcome(outcome).join('\n'), /1 old backup was removed.*\nOld backups could not be removed: 20250101-000000\. /);
	t.deepEqual(await backupIds(layout), [ended, '20250101-000000']);
	t.like((await removals(layout)).at(-1), {backups: ['20250101-000000']});
	await writeFile(layout.securitySettings, 'broken');
	t.regex(describeOutcome(await end(sandbox)).join('\n'), /Old backups were not removed: The security settings/);
});

test('only a successful installation removes backups', async t => {
	const rig = await makeRig(t);
	await makeBackups(rig, ['20250101-000000', '20240101-000000']);
	await setSecuritySetting(rig.layout, 'maximumBackups', 1, by);
	const failing = afterStep('Start taniumserver', async () => {
		throw new Problem('service-failed', 'It does not serve.');
	});
	t.is((await installUpload(rig, failing)).kind, 'rolled-back');
	t.is((await backupIds(rig.layout)).length, 3);
	t.is((await installUpload(rig)).kind, 'installed');
	t.deepEqual(await backupIds(rig.layout), [`${ended}-2`]);
	t.true((await readdir(rig.layout.outgoing)).every(name => name.includes(`${ended}-2`)));
});

test('nothing is removed while the journal stays', async t => {
	const sandbox = await makeSandbox(t);
	const {layout} = sandbox;
	await makeBackups(sandbox, [ended, '20250101-000000']);
	await setSecuritySetting(layout, 'maximumBackups', 1, by);
	const outcome = await end(sandbox, ended, async () => {
		await rm(layout.journal);
		await mkdir(layout.journal);
	});
	t.regex(describeOutcome(outcome).join('\n'), /The journal cannot be removed/);
	t.deepEqual(await backupIds(layout), [ended, '20250101-000000']);
	t.deepEqual(await removals(layout), []);
});

test('an id is a date that exists', t => {
	t.is(dateOfId(ended)?.toISOString(), '2026-11-23T22:48:00.000Z');
	t.is(dateOfId(`${ended}-2`)?.toISOString(), '2026-11-23T22:48:00.000Z');
	for (const name of ['', 'x', '20261123', '20260230-000000', '20261123-246000', `${ended}-`, `${ended}-0`, `../${ended}`]) {
		t.is(dateOfId(name), undefined, name);
	}
});
