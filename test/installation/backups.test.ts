// What is kept of the old pair, under which names, and what is removed.
import {copyFile, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {install, planInstallation} from '../../src/installation/install.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {recover} from '../../src/installation/recovery.js';
import {Problem} from '../../src/problem.js';
import {makeRig, uploadOther} from './fixtures/appliance.js';
import {afterStep, installUpload, now, report} from './fixtures/install.js';
import {readInbox} from './fixtures/site.js';

test('an installed pair that could not be put back into service is noted before anything is stopped', async t => {
	const rig = await makeRig(t);
	const plan = async () => planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now});
	await uploadOther(rig);
	t.is((await plan()).installedFault, undefined);
	await copyFile(path.join(rig.layout.incoming, 'SOAPServer.key'), rig.layout.soapKey);
	t.regex((await plan()).installedFault!, /The key does not belong to the certificate/);
	await writeFile(rig.layout.soapKey, 'broken');
	t.regex((await plan()).installedFault!, /cannot be loaded/);
});

test('two changes in one second have backups of their own', async t => {
	const rig = await makeRig(t);
	const one = await readFile(rig.layout.soapCertificate);
	t.is((await installUpload(rig)).kind, 'installed');
	const two = await readFile(rig.layout.soapCertificate);
	t.is((await installUpload(rig)).kind, 'installed');
	const {backups} = rig.layout;
	t.deepEqual((await readdir(backups)).toSorted(), ['20261123-224800', '20261123-224800-2']);
	t.deepEqual(await readFile(path.join(backups, '20261123-224800', 'SOAPServer.crt')), one);
	t.deepEqual(await readFile(path.join(backups, '20261123-224800-2', 'SOAPServer.crt')), two);
});

test('a refused change in the same second leaves the backup of the first alone', async t => {
	const rig = await makeRig(t);
	await installUpload(rig);
	const before = (await readdir(rig.layout.outgoing)).toSorted();
	await uploadOther(rig);
	await copyFile(rig.layout.soapKey, path.join(rig.layout.incoming, 'SOAPServer.key'));
	const refused = await install(
		rig,
		await planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now}),
		report,
	);
	t.is(refused.kind, 'refused');
	t.deepEqual((await readdir(rig.layout.outgoing)).toSorted(), before);
	t.deepEqual(await readdir(rig.layout.backups), ['20261123-224800']);
});

test('a key that serves again after a rollback is not left in /outgoing', async t => {
	const rig = await makeRig(t);
	const outcome = await installUpload(
		rig,
		afterStep('Start taniumserver', async () => {
			throw new Problem('service-failed', 'It does not serve.');
		}),
	);
	t.is(outcome.kind, 'rolled-back');
	t.deepEqual(await readdir(rig.layout.outgoing), ['ts1.example.com-20261123-224800-SOAPServer.crt']);
	t.regex(describeOutcome(outcome).join('\n'), /removed from \/outgoing: ts1\.example\.com-20261123-224800-SOAPServer\.key/);
	t.true((await readdir(path.join(rig.layout.backups, '20261123-224800'))).includes('SOAPServer.key'));
});

test('files of a process that was killed while it wrote them are removed by the next recovery', async t => {
	const rig = await makeRig(t);
	const ended = execa('true');
	const {pid = 0} = ended.nodeChildProcess;
	await ended;
	const uuid = crypto.randomUUID();
	const abandoned = path.join(rig.layout.settings, `accounts.json.${pid}.${uuid}.new`);
	const current = path.join(rig.layout.settings, `accounts.json.${process.pid}.${uuid}.new`);
	await writeFile(abandoned, '{');
	await writeFile(current, '{');
	t.is(await recover(rig, report), undefined);
	const names = await readdir(rig.layout.settings);
	t.false(names.includes(path.basename(abandoned)));
	t.true(names.includes(path.basename(current)), 'one that is being written now stays');
});
