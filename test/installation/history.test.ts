// Every change leaves a record: who, from where, the certificates, the steps, the outage and the connections.
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {changeRecords, readRecord, recordOf, writeRecord} from '../../src/appliance/change-records.js';
import {lockInstallation} from '../../src/appliance/lock.js';
import {recordRows} from '../../src/console/describe-record.js';
import {writeJournal} from '../../src/installation/journal.js';
import {deleteBackup, exportBackup, listBackups, planRestore} from '../../src/installation/manage-backups.js';
import {install, planInstallation} from '../../src/installation/install.js';
import {keptOutcome} from '../../src/installation/outcome.js';
import type {Change} from '../../src/installation/change.js';
import {titlesOf} from '../../src/installation/phases.js';
import {recover} from '../../src/installation/recovery.js';
import {Problem} from '../../src/problem.js';
import {emptyLayout} from '../appliance/folder.js';
import {fingerprintOfFile} from '../helpers/authority.js';
import {makeRig, uploadOther} from './fixtures/appliance.js';
import {afterStep, installUpload, now, report} from './fixtures/install.js';
import {readInbox} from './fixtures/site.js';

const titles = titlesOf({} as Change);
const by = {user: 'tanadmin', from: '192.0.2.1'};

test('an installation leaves its steps, its outage and both certificates', async t => {
	const rig = await makeRig(t);
	const before = await fingerprintOfFile(rig.layout.soapCertificate);
	const {record} = await installUpload(rig);
	t.deepEqual(await changeRecords(rig.layout), [record!]);
	t.like(record, {id: '20261123-224800', kind: 'installation', outcome: 'installed', user: 'tanadmin', recovered: false});
	t.deepEqual(
		record!.steps.map(({title}) => title),
		titles,
	);
	t.is(record!.old?.fingerprint, before);
	t.is(record!.new?.fingerprint, await fingerprintOfFile(rig.layout.soapCertificate));
	t.regex(record!.new!.subject!, /CN=/);
	t.true(record!.outageMilliseconds! >= 0);
	const [stopped, verified] = ['Stop', 'Verify over TLS'].map(start => titles.findIndex(title => title.startsWith(start)));
	const between = record!.steps.slice(stopped, verified! + 1).reduce((sum, {milliseconds}) => sum + milliseconds, 0);
	t.true(record!.outageMilliseconds! >= between - titles.length, 'at least what its steps took, each rounded');
	t.is(record!.connections.before.length, 6);
	t.is(record!.connections.after.length, 6);
});

test('a rollback leaves why, which step failed, and the outage until the old certificate was served again', async t => {
	const rig = await makeRig(t);
	const outcome = await installUpload(
		rig,
		afterStep('Swap', async () => {
			throw new Problem('disk', 'The disk is on fire.');
		}),
	);
	const {record} = outcome;
	t.is(record?.outcome, 'rolled-back');
	t.true(record!.told.includes('Why: The disk is on fire.'));
	t.deepEqual(
		record!.steps.filter(({failed}) => failed).map(({title}) => title),
		['Swap the key and the certificate'],
	);
	t.true(record!.outageMilliseconds! > 0);
	t.regex(String(new Map(recordRows(record!)).get('Steps')), /Swap the key and the certificate: \d+ ms, failed/);
});

test('an installation that changed nothing leaves a record without an outage', async t => {
	const rig = await makeRig(t);
	await uploadOther(rig);
	const plan = await planInstallation(rig, await readInbox(rig.layout), {...by, now});
	await install(
		rig,
		plan,
		afterStep('Stage', async () => {
			throw new Problem('no', 'No.');
		}),
	);
	const [record] = await changeRecords(rig.layout);
	t.like(record, {outcome: 'refused', outageMilliseconds: 0, user: 'tanadmin', from: '192.0.2.1', backup: []});
});

test('what a recovery ends is recorded as the change that was interrupted', async t => {
	const rig = await makeRig(t);
	await uploadOther(rig);
	const {change} = await planInstallation(rig, await readInbox(rig.layout), {...by, now});
	await writeJournal(rig.layout, change);
	t.is((await recover(rig, report))?.kind, 'refused');
	const [record] = await changeRecords(rig.layout);
	t.like(record, {id: change.id, recovered: true, outcome: 'refused', ...by});
	t.regex(
		(await keptOutcome(rig.layout))[0]!,
		/^The change that tanadmin \(192\.0\.2\.1\) began ended at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC:$/,
	);
});

test('who changes the certificate, from where and since when is told to whoever comes second', async t => {
	const rig = await makeRig(t);
	const lock = await lockInstallation(rig.layout, by);
	await t.throwsAsync(lockInstallation(rig.layout, {user: 'second', from: 'console'}), {
		message: /right now: tanadmin from 192\.0\.2\.1, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
	});
	await lock[Symbol.asyncDispose]();
	await using _lock = await lockInstallation(rig.layout);
	await t.throwsAsync(lockInstallation(rig.layout), {message: /right now\.$/}, 'nobody is named who has left');
});

test('a backup is listed with who replaced it, restored, exported and deleted, but not while it is the newest', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const first = await fingerprintOfFile(layout.soapCertificate);
	await installUpload(rig);
	await installUpload(rig);
	const [newest, oldest] = await listBackups(rig, now);
	t.is(oldest!.certificate?.fingerprint, first);
	t.is(oldest!.record?.user, 'tanadmin');

	await t.throwsAsync(deleteBackup(rig, newest!.id, by), {code: 'only-way-back'} as object);
	await t.throwsAsync(deleteBackup(rig, '20200101-000000', by), {code: 'no-backup'} as object);
	await t.throwsAsync(exportBackup(rig, '../../etc', by), {code: 'no-backup'} as object);

	const restored = await install(rig, await planRestore(rig, newest!.id, {...by, now}), report);
	t.is(restored.kind, 'installed', restored.record?.told.join(' '));
	t.is(await fingerprintOfFile(layout.soapCertificate), newest!.certificate!.fingerprint);
	t.like((await changeRecords(layout))[0], {kind: 'restore', outcome: 'installed', ...by});
	await t.throwsAsync(exportBackup(rig, newest!.id, by), {code: 'serves'} as object);

	const names = await exportBackup(rig, oldest!.id, by);
	t.deepEqual(
		await readFile(
			path.join(
				layout.outgoing,
				names.find(name => name.endsWith('.crt'))!,
			),
		),
		await readFile(path.join(layout.backups, oldest!.id, 'SOAPServer.crt')),
	);
	t.deepEqual(await exportBackup(rig, oldest!.id, by), names, 'again, over the same bytes');
	await deleteBackup(rig, oldest!.id, by);
	t.false((await readdir(layout.backups)).includes(oldest!.id));
	t.deepEqual(
		(await readdir(layout.outgoing)).filter(name => name.includes(`${oldest!.id}-SOAP`)),
		[],
	);
});

test('two records of one second both stay, the oldest of more than a thousand goes, and a damaged one is left out', async t => {
	const layout = await emptyLayout(t);
	const record = (outcome: string) => recordOf(now, {kind: 'registration', ...by, outcome, told: []});
	t.is((await writeRecord(layout, record('refused'))).id, '20261123-224800');
	t.is((await writeRecord(layout, record('registered'))).id, '20261123-224800-2');
	t.deepEqual(
		(await changeRecords(layout)).map(({outcome}) => outcome),
		['registered', 'refused'],
	);
	await mkdir(layout.records, {recursive: true});
	await Promise.all(
		Array.from({length: 999}, async (_, index) => writeFile(path.join(layout.records, `20270101-000000-${index + 2}.json`), '{')),
	);
	await writeRecord(layout, record('failed'));
	t.deepEqual(
		(await changeRecords(layout)).map(({id}) => id),
		['20261123-224800-3'],
	);
	await t.throwsAsync(readRecord(layout, '20270101-000000-2'), {message: /cannot be read: It is not JSON/});
	await t.throwsAsync(readRecord(layout, '../../../etc/passwd'), {message: 'There is no change ../../../etc/passwd.'});
});
