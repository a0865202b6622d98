// Replacing a pair while the Module Server trusts both certificates: whatever happens, the certificate in place is trusted in the end, and
// no other one of this server.
import {readFile, rm, writeFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {certificatesIn, fingerprintOf} from '../../src/certificates/parse/pem.js';
import {install, planInstallation} from '../../src/installation/install.js';
import {readJournal} from '../../src/installation/journal.js';
import {moduleServerOf, type RemoteModuleServer} from '../../src/installation/module-server.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {settlePending} from '../../src/installation/pending-trust.js';
import {recover} from '../../src/installation/recovery.js';
import type {Phase, Site} from '../../src/installation/change.js';
import {checkConnections} from '../../src/registration/connections.js';
import {initialTrust} from '../../src/registration/trust.js';
import {Problem} from '../../src/problem.js';
import type {Report} from '../../src/installation/undo.js';
import {fingerprintIn, installModuleServerPair} from '../helpers/sandbox.js';
import {assertValid, makeRig, runFaulty, uploadOther, type Rig} from './fixtures/appliance.js';
import {afterStep, now, report} from './fixtures/install.js';
import {readInbox} from './fixtures/site.js';

/** An appliance whose servers all run and trust each other. */
async function makeTrusting(t: ExecutionContext): Promise<Rig> {
	const rig = await makeRig(t);
	await initialTrust(rig, rig);
	await rig.services.start('taniummoduleserver');
	await rig.services.start('patch');
	return rig;
}

async function installWithOverlap(rig: Rig, how: Report = report) {
	await uploadOther(rig);
	const plan = await planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now, overlap: true});
	return install(rig, plan, how);
}

async function trusted({layout}: Rig): Promise<string[]> {
	return certificatesIn(await readFile(layout.trustedTaniumServers)).map(der => fingerprintOf(der));
}

async function lost({layout, identity}: Rig): Promise<number[]> {
	return (await checkConnections(layout, identity)).filter(({ok}) => !ok).map(({number}) => number);
}

test('no connection is lost, and afterwards only the new certificate is trusted', async t => {
	const rig = await makeTrusting(t);
	const seen: Array<[string, number[]]> = [];
	const watching: Report = async (title, work) => {
		const result = await work();
		seen.push([title, (await rig.services.state('taniumserver')).running ? await lost(rig) : []]);
		return result;
	};
	const {kind, record} = await installWithOverlap(rig, watching);
	t.is(kind, 'installed');
	t.deepEqual(
		seen.filter(([, numbers]) => numbers.length > 0),
		[],
	);
	const titles = record!.steps.map(({title}) => title);
	t.true(titles.indexOf('Add the new certificate to trusted.crt') < titles.indexOf('Stop taniumserver'));
	t.true(titles.indexOf('Verify the connections that worked before') < titles.indexOf('Remove the old certificate from trusted.crt'));
	t.deepEqual(await trusted(rig), [await fingerprintIn(rig.layout.soapCertificate)]);
});

test('a connection that worked before and is lost with the new certificate brings the old pair back', async t => {
	const rig = await makeTrusting(t);
	const before = await fingerprintIn(rig.layout.soapCertificate);
	const spoil = afterStep('Verify again', async () => {
		await installModuleServerPair(rig.layout); // Somebody replaces ssl.crt in the meantime.
		await rig.services.restart('taniummoduleserver');
	});
	const outcome = await installWithOverlap(rig, spoil);
	t.is(outcome.kind, 'rolled-back');
	t.regex('reason' in outcome ? outcome.reason : '', /these connections fail: 3, Module Server to Tanium Server/);
	t.is(await fingerprintIn(rig.layout.soapCertificate), before);
	t.deepEqual(await trusted(rig), [before]);
});

test('a connection that did not work before does not matter', async t => {
	const rig = await makeTrusting(t);
	await rig.services.stop('patch');
	t.is((await installWithOverlap(rig)).kind, 'installed');
});

test('a new certificate that trusted.crt held before stays there when the old pair comes back', async t => {
	const rig = await makeTrusting(t);
	await uploadOther(rig);
	const {certificate} = await readInbox(rig.layout);
	await writeFile(rig.layout.trustedTaniumServers, certificate, {flag: 'a'});
	const both = await trusted(rig);
	const outcome = await installWithOverlap(
		rig,
		afterStep('Swap', async () => rm(rig.layout.soapKey)),
	);
	t.is(outcome.kind, 'rolled-back');
	t.deepEqual(await trusted(rig), both);
});

test('when the Module Server is on another appliance, nothing begins', async t => {
	const rig = await makeRig(t);
	const elsewhere: Rig = {...rig, identity: {...rig.identity, role: 'tanium-server'}};
	await t.throwsAsync(installWithOverlap(elsewhere), {code: 'module-server-elsewhere'});
});

/** An appliance whose Module Server does not answer while `isSilent.now`, as one on another appliance. */
async function makeSometimesSilent(t: ExecutionContext): Promise<{rig: Rig & Pick<Site, 'moduleServer'>; isSilent: {now: boolean}}> {
	const rig = await makeTrusting(t);
	const [own, isSilent] = [moduleServerOf(rig), {now: false}];
	const unlessSilent = async <Result>(work: () => Promise<Result>) => {
		if (isSilent.now) {
			throw new Problem('member-silent', 'tms1.example.com does not answer.');
		}

		return work();
	};
	const moduleServer: RemoteModuleServer = {
		...own,
		register: async () => {
			throw new Error('not asked for here');
		},
		withdraw: async sha256 => unlessSilent(async () => own.withdraw(sha256)),
		retire: async certificate => unlessSilent(async () => own.retire(certificate)),
	};
	return {rig: {...rig, moduleServer}, isSilent};
}

test('a Module Server that is silent when the old certificate is due is told later, and blocks nothing', async t => {
	const {rig, isSilent} = await makeSometimesSilent(t);
	const before = await fingerprintIn(rig.layout.soapCertificate);
	isSilent.now = true;
	const outcome = await installWithOverlap(rig);
	t.is(outcome.kind, 'installed');
	t.regex(describeOutcome(outcome).join(' '), /still trusts the old certificate, too, until it answers: tms1\.example\.com does not/);
	t.is(await readJournal(rig.layout), undefined);
	t.true((await trusted(rig)).includes(before));
	t.false(await settlePending(rig));
	t.is((await installWithOverlap(rig)).kind, 'installed', 'the next installation');
	isSilent.now = false;
	t.true(await settlePending(rig));
	t.deepEqual(await trusted(rig), [await fingerprintIn(rig.layout.soapCertificate)]);
});

test('a Module Server that is silent in a rollback is told later to remove the new certificate', async t => {
	const {rig, isSilent} = await makeSometimesSilent(t);
	const before = await fingerprintIn(rig.layout.soapCertificate);
	const outcome = await installWithOverlap(
		rig,
		afterStep('Swap', async () => {
			isSilent.now = true;
			await rm(rig.layout.soapKey);
		}),
	);
	t.is(outcome.kind, 'rolled-back');
	t.is((await trusted(rig)).length, 2);
	isSilent.now = false;
	t.true(await settlePending(rig));
	t.deepEqual(await trusted(rig), [before]);
});

test('killed at any change of the file system, the certificate in place is the only one that is trusted', async t => {
	const rig = await makeTrusting(t);
	await uploadOther(rig);
	const {kind, changes} = await runFaulty(rig, 'overlap', 'none');
	t.is(kind, 'installed');
	const [endings, phases] = [new Set<string>(), new Set<Phase>()];
	for (let nth = 1; nth <= changes; nth++) {
		await uploadOther(rig);
		t.is((await runFaulty(rig, 'overlap', 'kill', nth)).kind, 'killed');
		const phase = (await readJournal(rig.layout))?.phase;
		const outcome = await recover(rig, report);
		endings.add(outcome?.kind ?? 'nothing');
		await assertValid(t, rig, `killed at change ${nth}`);
		t.deepEqual(await trusted(rig), [await fingerprintIn(rig.layout.soapCertificate)], `killed at change ${nth}`);
		t.deepEqual(await lost(rig), [], `killed at change ${nth}`);
		if (phase) {
			phases.add(phase);
		}
	}

	t.deepEqual([...endings].toSorted(), ['installed', 'nothing', 'refused', 'rolled-back']);
	t.deepEqual([...phases].toSorted(), ['COMMITTED', 'PREPARED', 'PREPARING', 'PUBLISHED', 'RETIRING', 'SWITCHED', 'SWITCHING']);
});

test('a disk that is full from any change on never leaves the certificate in place untrusted', async t => {
	const rig = await makeTrusting(t);
	await uploadOther(rig);
	const {changes} = await runFaulty(rig, 'overlap', 'none');
	const endings = new Set<string>();
	for (let nth = 1; nth <= changes; nth++) {
		await uploadOther(rig);
		endings.add((await runFaulty(rig, 'overlap', 'full', nth)).kind);
		await recover(rig, report);
		await assertValid(t, rig, `full at change ${nth}`);
		t.true((await trusted(rig)).includes(await fingerprintIn(rig.layout.soapCertificate)), `full at change ${nth}`);
	}

	t.false(endings.has('needs-hands'));
});
