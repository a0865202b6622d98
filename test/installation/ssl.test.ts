// The Module Server's own pair, ssl.crt and ssl.key: replaced with the same guarantees as the Tanium Server's.
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {changeRecords} from '../../src/appliance/change-records.js';
import {storeBackupKey} from '../../src/appliance/backup-key.js';
import {newKeyPair} from '../../src/certificates/issuance/self-signed.js';
import {backupIds, readBackup} from '../../src/installation/backups.js';
import type {Phase} from '../../src/installation/change.js';
import {install} from '../../src/installation/install.js';
import {readJournal} from '../../src/installation/journal.js';
import {deleteBackup, exportBackup, listBackups, planRestore} from '../../src/installation/manage-backups.js';
import {recover} from '../../src/installation/recovery.js';
import {soap, ssl} from '../../src/installation/target.js';
import {fingerprintIn, writePair} from '../helpers/sandbox.js';
import {assertValid, makeRig, runFaulty, uploadOther, type Rig} from './fixtures/appliance.js';
import {afterStep, installUpload, now, report} from './fixtures/install.js';

const by = {user: 'tanadmin', from: 'console'};

/** What a replacement of ssl.crt must leave as it was. */
async function taniumServerFiles({layout}: Rig): Promise<string[]> {
	return Promise.all([layout.soapCertificate, layout.soapKey].map(async file => readFile(file, 'latin1')));
}

test('the pair is replaced, proven on the port of the Module Server, backed up and recorded', async t => {
	const rig = await makeRig(t, ssl);
	const [before, others] = [await fingerprintIn(rig.layout.moduleServerCertificate), await taniumServerFiles(rig)];
	const {kind, record, ...rest} = await installUpload(rig);
	t.is(kind, 'installed', JSON.stringify(rest));
	await assertValid(t, rig, 'installed');
	t.not(await fingerprintIn(rig.layout.moduleServerCertificate), before);
	t.like(record, {target: 'ssl', old: {fingerprint: before}});
	t.deepEqual(
		record!.steps.map(({title}) => title).filter(title => title.includes('server')),
		['Stop taniummoduleserver', 'Start taniummoduleserver'],
	);
	t.true(record!.outageMilliseconds! > 0);
	t.regex(record!.told.join('\n'), /and the Module Server serves it/);
	t.deepEqual(record!.backup, ['ts1.example.com-20261123-224800-ssl.crt', 'ts1.example.com-20261123-224800-ssl.key']);
	t.deepEqual((await readdir(rig.layout.outgoing)).toSorted(), record!.backup);
	t.deepEqual(await readdir(rig.layout.incoming), []);
	t.deepEqual(await taniumServerFiles(rig), others);
	t.false((await rig.services.state('taniumserver')).running);
	t.regex(await readFile(rig.layout.audit, 'utf8'), /"event":"installation-began".*"target":"ssl"/);
});

test('a pair that does not serve is rolled back, and the log of the Module Server is told', async t => {
	const rig = await makeRig(t, ssl);
	const before = await fingerprintIn(rig.layout.moduleServerCertificate);
	const outcome = await installUpload(
		rig,
		afterStep('Swap', async () => writeFile(rig.layout.moduleServerKey, 'not a key')),
	);
	t.is(outcome.kind, 'rolled-back');
	t.is(await fingerprintIn(rig.layout.moduleServerCertificate), before);
	t.regex(outcome.record!.told.join('\n'), /and the Module Server serves it, proven over TLS/);
	t.regex(outcome.record!.told.join('\n'), /ssl\.key is not a private key/);
	t.regex(outcome.record!.told.join('\n'), /log show taniummoduleserver/);
	await assertValid(t, rig, 'rolled back');
});

test('what cannot be undone names the folder and the logs of the Module Server', async t => {
	const rig = await makeRig(t, ssl);
	const outcome = await installUpload(
		rig,
		afterStep('Swap', async () => {
			await rm(rig.layout.backups, {recursive: true});
			await rm(rig.layout.outgoing, {recursive: true});
			await mkdir(rig.layout.outgoing);
			await writePair(rig.layout.moduleServerCertificate, rig.layout.moduleServerKey);
		}),
	);
	t.is(outcome.kind, 'needs-hands');
	const told = outcome.record!.told.join('\n');
	t.true(told.includes(`the installed one is in ${rig.layout.moduleServer};`), told);
	t.true(told.includes(rig.layout.moduleServerLogs), told);
	t.regex(told, /^Manual intervention is needed\. The Module Server presents a certificate that is neither/);
});

test('backups of the two pairs are listed, kept and restored on their own', async t => {
	const rig = await makeRig(t, ssl);
	const first = await fingerprintIn(rig.layout.moduleServerCertificate);
	await installUpload(rig);
	await rig.services.start('taniumserver');
	const folder = path.join(rig.layout.backups, '20261201-000000');
	await mkdir(folder, {recursive: true});
	await writePair(path.join(folder, 'SOAPServer.crt'), path.join(folder, 'SOAPServer.key'));
	t.deepEqual(await backupIds(rig.layout, ssl), ['20261123-224800']);
	t.deepEqual(await backupIds(rig.layout), ['20261201-000000']);
	t.is((await listBackups(rig, now, ssl))[0]?.certificate?.fingerprint, first);
	await t.throwsAsync(readBackup(rig.layout, '20261123-224800', soap), {code: 'no-backup'});
	await t.throwsAsync(planRestore(rig, '20261201-000000', {...by, now}, ssl), {code: 'no-backup', instanceOf: Error});
	await t.throwsAsync(deleteBackup(rig, '20261123-224800', by, ssl), {code: 'only-way-back'});
	await t.throwsAsync(deleteBackup(rig, '20261123-224800', by), {code: 'no-backup'});

	const {kind, record} = await install(rig, await planRestore(rig, '20261123-224800', {...by, now: new Date()}, ssl), report);
	t.is(kind, 'installed');
	t.like(record, {kind: 'restore', target: 'ssl', new: {fingerprint: first}});
	t.is(await fingerprintIn(rig.layout.moduleServerCertificate), first);
	const names = (await readdir(rig.layout.outgoing)).filter(name => name.includes('20261123-224800'));
	t.deepEqual(names, ['ts1.example.com-20261123-224800-ssl.crt'], 'the key that serves again is removed from /outgoing');
	await t.throwsAsync(exportBackup(rig, '20261123-224800', by, ssl), {code: 'serves'});
});

test('with a backup key the key in /outgoing is encrypted', async t => {
	const rig = await makeRig(t, ssl);
	const {publicKey} = await newKeyPair();
	const pem = Buffer.from(String(publicKey.export({type: 'spki', format: 'pem'})));
	await storeBackupKey(rig.layout, pem, by);
	const {record} = await installUpload(rig);
	t.is(record!.backup[1], 'ts1.example.com-20261123-224800-ssl.key.p7m');
	t.regex(await readFile(path.join(rig.layout.outgoing, record!.backup[1]!), 'utf8'), /BEGIN CMS/);
});

test('one installation at a time: while that of ssl.crt is unfinished, none of SOAPServer.crt begins', async t => {
	const rig = await makeRig(t, ssl);
	await uploadOther(rig);
	t.is((await runFaulty(rig, 'install', 'kill', 20)).kind, 'killed');
	t.is((await readJournal(rig.layout))?.target, 'ssl');
	const other: Rig = {...rig, target: soap};
	await mkdir(path.join(rig.pairs[0], 'soap'));
	await writePair(path.join(rig.layout.incoming, 'SOAPServer.crt'), path.join(rig.layout.incoming, 'SOAPServer.key'));
	for (const pair of rig.pairs) {
		await writePair(path.join(pair, 'SOAPServer.crt'), path.join(pair, 'SOAPServer.key'));
	}

	await t.throwsAsync(installUpload(other), {code: 'unfinished'});
	await recover(rig, report);
	await assertValid(t, rig, 'recovered');
});

async function assertAllRight(t: ExecutionContext, rig: Rig, others: readonly string[], moment: string): Promise<void> {
	await assertValid(t, rig, moment);
	t.deepEqual(await taniumServerFiles(rig), others, moment);
}

test('killed at any change of the file system, the installation is finished or undone', async t => {
	const rig = await makeRig(t, ssl);
	const others = await taniumServerFiles(rig);
	await uploadOther(rig);
	const {kind, changes} = await runFaulty(rig, 'install', 'none');
	t.is(kind, 'installed');
	t.true(changes > 20);
	const [endings, phases] = [new Set<string>(), new Set<Phase>()];
	for (let nth = 1; nth <= changes; nth++) {
		await uploadOther(rig);
		t.is((await runFaulty(rig, 'install', 'kill', nth)).kind, 'killed');
		const phase = (await readJournal(rig.layout))?.phase;
		endings.add((await recover(rig, report))?.kind ?? 'nothing');
		await assertAllRight(t, rig, others, `killed at change ${nth}`);
		if (phase) {
			phases.add(phase);
		}
	}

	t.deepEqual([...endings].toSorted(), ['installed', 'nothing', 'refused', 'rolled-back']);
	t.deepEqual([...phases].toSorted(), ['COMMITTED', 'PREPARED', 'PREPARING', 'SWITCHED', 'SWITCHING']);
	t.log(`${changes} changes`);
});

test('a disk that is full from any change on never needs hands', async t => {
	const rig = await makeRig(t, ssl);
	const others = await taniumServerFiles(rig);
	await uploadOther(rig);
	const {changes} = await runFaulty(rig, 'install', 'none');
	const endings = new Set<string>();
	for (let nth = 1; nth <= changes; nth++) {
		await uploadOther(rig);
		endings.add((await runFaulty(rig, 'install', 'full', nth)).kind);
		await recover(rig, report);
		await assertAllRight(t, rig, others, `full at change ${nth}`);
	}

	t.false(endings.has('needs-hands'));
	t.true((await changeRecords(rig.layout)).every(({target}) => target === 'ssl'));
});
