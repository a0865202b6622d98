// With a backup key no private key lies in /outgoing as it is. OpenSSL is the judge.
import {createPublicKey} from 'node:crypto';
import {copyFile, mkdir, readdir, readFile, stat, symlink, unlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../src/appliance/layout.js';
import {newKeyPair} from '../../src/certificates/issuance/self-signed.js';
import {install, planInstallation} from '../../src/installation/install.js';
import {readJournal, removeJournal, writeJournal} from '../../src/installation/journal.js';
import {plainKeysIn, removeBackupKey, setBackupKey} from '../../src/installation/outgoing-keys.js';
import {recover} from '../../src/installation/recovery.js';
import {Problem} from '../../src/problem.js';
import {openssl} from '../helpers/openssl.js';
import {makeSandbox, temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {assertValid, makeRig, uploadOther} from './fixtures/appliance.js';
import {afterStep, installUpload, now, report} from './fixtures/install.js';
import {readInbox} from './fixtures/site.js';

const by = {user: 'tanadmin', from: 'console'};
const stem = 'ts1.example.com-20261123-224800-SOAPServer';

/** A new backup key: the PEM of its public half, and the file of its private half. */
async function makeBackupKey(t: ExecutionContext): Promise<{pem: Buffer; file: string}> {
	const {publicKey, privateKey} = await newKeyPair();
	const file = path.join(await temporaryFolder(t), 'backup.key');
	await writeFile(file, privateKey.export({type: 'pkcs8', format: 'pem'}), {mode: 0o600});
	return {pem: Buffer.from(publicKey.export({type: 'spki', format: 'pem'})), file};
}

async function decrypted(file: string, keyFile: string): Promise<string> {
	return openssl('cms', '-decrypt', '-inform', 'PEM', '-in', file, '-inkey', keyFile);
}

async function auditedEvents({audit}: Layout): Promise<Array<Record<string, unknown>>> {
	const lines = (await readFile(audit, 'utf8')).trim().split('\n');
	return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

testWith('openssl')('an installation leaves the old key encrypted, and openssl opens it', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const {pem, file} = await makeBackupKey(t);
	const old = await readFile(layout.soapKey, 'utf8');
	await setBackupKey(layout, pem, by);
	t.is((await installUpload(rig)).kind, 'installed');
	t.deepEqual((await readdir(layout.outgoing)).toSorted(), [`${stem}.crt`, `${stem}.key.p7m`]);
	t.is(await decrypted(path.join(layout.outgoing, `${stem}.key.p7m`), file), old);
	t.is((await stat(path.join(layout.outgoing, `${stem}.key.p7m`))).mode & 0o777, 0o600);
	t.is(await readFile(path.join(layout.backups, '20261123-224800', 'SOAPServer.key'), 'utf8'), old, 'the way back is not encrypted');
});

test('a refused installation removes the encrypted copy that it made, and nobody elses', async t => {
	const rig = await makeRig(t);
	await setBackupKey(rig.layout, (await makeBackupKey(t)).pem, by);
	const refuse = async (before: () => Promise<unknown>) => {
		await uploadOther(rig);
		const failing = afterStep('Back up', async () => {
			await before();
			throw new Problem('test', 'It fails now.');
		});
		const outcome = await install(
			rig,
			await planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now}),
			failing,
		);
		t.is(outcome.kind, 'refused');
		return (await readdir(rig.layout.outgoing)).toSorted();
	};

	t.deepEqual(await refuse(async () => undefined), []);
	const encrypted = path.join(rig.layout.outgoing, `${stem}.key.p7m`);
	t.deepEqual(await refuse(async () => writeFile(encrypted, 'of somebody else')), [`${stem}.key.p7m`]);
	t.is(await readFile(encrypted, 'utf8'), 'of somebody else');
	await assertValid(t, rig, 'after two refusals');
});

test('going back does not need the encrypted copy', async t => {
	const rig = await makeRig(t);
	await setBackupKey(rig.layout, (await makeBackupKey(t)).pem, by);
	const old = await readFile(rig.layout.soapKey);
	const outcome = await installUpload(
		rig,
		afterStep('Start taniumserver', async () => {
			await unlink(path.join(rig.layout.outgoing, `${stem}.key.p7m`));
			throw new Problem('service-failed', 'It does not serve.');
		}),
	);
	t.is(outcome.kind, 'rolled-back');
	t.deepEqual(await readFile(rig.layout.soapKey), old);
	await assertValid(t, rig, 'rolled back');
});

test('an installation that was killed in its preparation leaves no encrypted copy after the recovery', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	await setBackupKey(layout, (await makeBackupKey(t)).pem, by);
	const kept: Array<Awaited<ReturnType<typeof readJournal>>> = [];
	const files: Buffer[] = [];
	await uploadOther(rig);
	const encrypted = path.join(layout.outgoing, `${stem}.key.p7m`);
	const failing = afterStep('Back up', async () => {
		kept.push(await readJournal(layout));
		files.push(await readFile(encrypted));
		throw new Problem('test', 'It fails now.');
	});
	await install(rig, await planInstallation(rig, await readInbox(layout), {user: 'tanadmin', from: 'console', now}), failing);
	await writeJournal(layout, kept[0]!);
	await writeFile(encrypted, files[0]!);
	t.is((await recover(rig, report))?.kind, 'refused');
	t.deepEqual(await readdir(layout.outgoing), []);
	await assertValid(t, rig, 'recovered');
});

test('a backup key that cannot be read refuses the installation before anything is written', async t => {
	const rig = await makeRig(t);
	await writeFile(rig.layout.backupKey, 'broken');
	const outcome = await installUpload(rig);
	t.like(outcome, {kind: 'refused'});
	t.true('hint' in outcome && outcome.hint.includes('set backup key none'));
	t.deepEqual(await readdir(rig.layout.outgoing), []);
	await assertValid(t, rig, 'refused');
});

testWith('openssl')('setting the key encrypts the plain keys that are there, and says which', async t => {
	const {layout} = await makeSandbox(t);
	const {pem, file} = await makeBackupKey(t);
	const at = (name: string) => path.join(layout.outgoing, name);
	await writeFile(at('a-SOAPServer.key'), 'first');
	await writeFile(at('b-SOAPServer.key'), 'second');
	await writeFile(at('b-SOAPServer.key.p7m'), 'left by a process that was killed');
	await writeFile(at('c-SOAPServer.crt'), 'no key');
	await symlink(layout.soapKey, at('d-SOAPServer.key'));
	const {encrypted, plain, sha256} = await setBackupKey(layout, pem, by);
	t.deepEqual(encrypted, ['a-SOAPServer.key.p7m', 'b-SOAPServer.key-2.p7m']);
	t.deepEqual(
		plain.map(({name}) => name),
		['d-SOAPServer.key'],
	);
	t.deepEqual(await plainKeysIn(layout), ['d-SOAPServer.key']);
	t.is(await decrypted(at('a-SOAPServer.key.p7m'), file), 'first');
	t.is(await decrypted(at('b-SOAPServer.key-2.p7m'), file), 'second');
	t.is(await readFile(at('c-SOAPServer.crt'), 'utf8'), 'no key');
	t.is((await stat(layout.backupKey)).mode & 0o777, 0o600);
	const spki = createPublicKey(pem).export({type: 'spki', format: 'der'});
	await writeFile(`${file}.spki`, spki);
	t.true((await openssl('dgst', '-sha256', '-c', `${file}.spki`)).toUpperCase().includes(sha256));
	t.is(await removeBackupKey(layout, by), sha256);
	t.is(await removeBackupKey(layout, by), undefined);
	const events = (await auditedEvents(layout)).map(({event, user, key}) => ({event, user, key}));
	t.deepEqual(events, [
		{event: 'backup-key-set', user: 'tanadmin', key: sha256},
		{event: 'backup-key-removed', user: 'tanadmin', key: sha256},
	]);
});

test('the key is not set while an installation is unfinished, or when it is no key', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const {pem} = await makeBackupKey(t);
	const plain = path.join(layout.outgoing, 'a-SOAPServer.key');
	await mkdir(layout.outgoing, {recursive: true});
	await copyFile(layout.soapKey, plain);
	await uploadOther(rig);
	const {change} = await planInstallation(rig, await readInbox(layout), {user: 'tanadmin', from: 'console', now});
	await writeJournal(layout, change);
	await t.throwsAsync(setBackupKey(layout, pem, by), {code: 'unfinished'});
	await removeJournal(layout);
	await t.throwsAsync(setBackupKey(layout, Buffer.from('no key'), by), {code: 'bad-public-key'});
	t.deepEqual(await plainKeysIn(layout), ['a-SOAPServer.key']);
	await t.throwsAsync(stat(layout.backupKey), {code: 'ENOENT'});
});
