// How an installation and a recovery end, and what is true afterwards.
import {copyFile, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {Problem} from '../../src/problem.js';
import {digestOf, isSame, readInstalled, sha256, type Change} from '../../src/installation/change.js';
import {install, planInstallation, type Plan} from '../../src/installation/install.js';
import {readJournal, writeJournal} from '../../src/installation/journal.js';
import {keptOutcome, describeOutcome, type Outcome} from '../../src/installation/outcome.js';
import {recover} from '../../src/installation/recovery.js';
import type {Services} from '../../src/services/service.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {readInbox} from './fixtures/site.js';
import {copyPair, makeRig, assertValid, runFaulty, uploadOther, type Rig} from './fixtures/appliance.js';

const report = async <Result>(_: string, work: () => Promise<Result>) => work();
const now = new Date('2026-11-23T22:48:00Z');

async function planFor(rig: Rig): Promise<Plan> {
	await uploadOther(rig);
	return planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now});
}

function changeOf(outcome: Outcome): Change {
	if (!('change' in outcome)) {
		throw new Error(describeOutcome(outcome).join('\n'));
	}

	return outcome.change;
}

async function isInstalled({layout}: Rig, pair: Plan['fresh'] | Change['old']): Promise<boolean> {
	const digest = 'leaf' in pair ? pair : digestOf(pair);
	return isSame(digestOf(await readInstalled(layout)), digest);
}

/** Services of which these calls fail. */
function failing(services: Services, fails: (call: 'start' | 'stop') => boolean): Services {
	const attempt =
		(call: 'start' | 'stop'): Services['start'] =>
		async name => {
			if (fails(call)) {
				throw new Problem('service-failed', `${name} does not ${call}.`);
			}

			return services[call](name);
		};

	return {...services, start: attempt('start'), stop: attempt('stop')};
}

test('an installed pair is served, backed up under the date and the name, and gone from /incoming', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	const old = await readFile(layout.soapCertificate);
	const plan = await planFor(rig);
	const outcome = await install(rig, plan, report);
	t.is(outcome.kind, 'installed');
	const change = changeOf(outcome);
	t.deepEqual(change.backup, ['ts1.example.com-20261123-224800-SOAPServer.crt', 'ts1.example.com-20261123-224800-SOAPServer.key']);
	t.deepEqual((await readdir(layout.outgoing)).toSorted(), change.backup);
	t.deepEqual(await readFile(path.join(layout.outgoing, change.backup[0]!)), old);
	t.deepEqual(await readdir(layout.incoming), []);
	t.deepEqual((await keptOutcome(layout)).slice(1), describeOutcome(outcome), 'after a line that says whose change it was');
	t.true(
		plan.fresh.key.every(byte => byte === 0),
		'the key bytes are overwritten',
	);
	await assertValid(t, rig, 'installed');
});

test('a backup never takes the name of another file', async t => {
	const rig = await makeRig(t);
	await writeFile(path.join(rig.layout.outgoing, 'ts1.example.com-20261123-224800-SOAPServer.key'), '');
	const change = changeOf(await install(rig, await planFor(rig), report));
	t.deepEqual(change.backup, ['ts1.example.com-20261123-224800-2-SOAPServer.crt', 'ts1.example.com-20261123-224800-2-SOAPServer.key']);
	t.is(await readFile(path.join(rig.layout.outgoing, 'ts1.example.com-20261123-224800-SOAPServer.key'), 'utf8'), '');
});

test('a plan is stale when somebody else has changed the pair, and nothing is touched', async t => {
	const rig = await makeRig(t);
	const plan = await planFor(rig);
	await copyPair(rig.pairs[1], rig.layout.taniumServer);
	t.is((await install(rig, plan, report)).kind, 'stale');
	t.deepEqual(await readdir(rig.layout.outgoing), []);
	t.is((await readdir(rig.layout.incoming)).length, 2);
});

test('a plan is stale when another installation was interrupted since, and its journal stays', async t => {
	const rig = await makeRig(t);
	const plan = await planFor(rig);
	await writeJournal(rig.layout, plan.change);
	const outcome = await install(rig, plan, report);
	t.regex(describeOutcome(outcome).join(' '), /Nothing was changed\. .*tanos recover/);
	t.truthy(await readJournal(rig.layout));
	const problem = await t.throwsAsync<Problem>(planFor(rig), {instanceOf: Problem});
	t.is(problem.code, 'unfinished');
});

test('a pair that fails its rehearsal is refused, and leaves no trace', async t => {
	const rig = await makeRig(t);
	const old = await readInstalled(rig.layout);
	await uploadOther(rig);
	await copyFile(rig.layout.soapKey, path.join(rig.layout.incoming, 'SOAPServer.key'));
	const outcome = await install(
		rig,
		await planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now}),
		report,
	);
	t.is(outcome.kind, 'refused');
	t.regex(describeOutcome(outcome).join(' '), /TLS handshake with the new pair failed/);
	t.true(await isInstalled(rig, old));
	t.deepEqual(await readdir(rig.layout.outgoing), []);
	await assertValid(t, rig, 'refused');
});

test('when neither pair comes into service somebody has to look, and recovery goes back once it can', async t => {
	const rig = await makeRig(t);
	const plan = await planFor(rig);
	const {old} = plan.change;
	const outcome = await install({...rig, services: failing(rig.services, call => call === 'start')}, plan, report);
	t.is(outcome.kind, 'needs-hands');
	t.regex(
		describeOutcome(outcome).join(' '),
		/The Tanium Server does not answer, and the old pair is in place.*taniumserver does not start.*tanos recover --root/s,
	);
	t.true(await isInstalled(rig, old));
	t.is((await recover(rig, report))?.kind, 'rolled-back');
	await assertValid(t, rig, 'recovered');
});

test('a service that does not stop is left running with the old pair', async t => {
	const rig = await makeRig(t);
	const plan = await planFor(rig);
	const outcome = await install({...rig, services: failing(rig.services, call => call === 'stop')}, plan, report);
	t.is(outcome.kind, 'rolled-back');
	t.true(await isInstalled(rig, plan.change.old));
	await assertValid(t, rig, 'not stopped');
});

test('a server that was not running before is not started by going back', async t => {
	const rig = await makeRig(t);
	await rig.services.stop('taniumserver');
	const plan = await planFor(rig);
	const outcome = await install({...rig, services: failing(rig.services, call => call === 'start')}, plan, report);
	t.is(outcome.kind, 'rolled-back');
	t.regex(describeOutcome(outcome)[0]!, /was not running before/);
	t.false((await rig.services.state('taniumserver')).running);
	t.true(await isInstalled(rig, plan.change.old));
});

test('what was uploaded while the installation ran stays in /incoming', async t => {
	const rig = await makeRig(t);
	const plan = await planFor(rig);
	const newer = path.join(rig.layout.incoming, 'SOAPServer.crt');
	const outcome = await install(rig, plan, async (title, work) => {
		if (title === 'Stop taniumserver') {
			await writeFile(newer, 'newer');
		}

		return work();
	});
	t.is(outcome.kind, 'installed');
	t.deepEqual(await readdir(rig.layout.incoming), ['SOAPServer.crt']);
	t.is(await readFile(newer, 'utf8'), 'newer');
});

test('bytes that are neither the old nor the new pair are not touched by recovery, and shown', async t => {
	const rig = await makeRig(t);
	const {change} = await planFor(rig);
	await writeJournal(rig.layout, {...change, phase: 'SWITCHED'});
	await writeFile(rig.layout.soapCertificate, 'something else');
	const outcome = await recover(rig, report);
	t.is(outcome?.kind, 'needs-hands');
	t.regex(describeOutcome(outcome!).join(' '), new RegExp(`Nothing was touched.*${change.old.leaf}.*${change.new.leaf}`, 's'));
	t.is(await readFile(rig.layout.soapCertificate, 'utf8'), 'something else');
	t.truthy(await readJournal(rig.layout));
});

for (const text of ['', '{', 'null', '{}', '{"phase": "LOST"}']) {
	test(`a journal that holds ${JSON.stringify(text)} is not touched by recovery`, async t => {
		const rig = await makeRig(t);
		await writeFile(rig.layout.journal, text);
		const outcome = await recover(rig, report);
		t.is(outcome?.kind, 'needs-hands');
		t.regex(describeOutcome(outcome!).join(' '), /Nothing was touched/);
		t.is(await readFile(rig.layout.journal, 'utf8'), text);
		t.true((await rig.services.state('taniumserver')).running);
	});
}

test('when the saved pair is lost, recovery goes back by the backup in /outgoing', async t => {
	const rig = await interruptedWithNewPair(await makeRig(t));
	await rm(rig.layout.backups, {recursive: true});
	t.is((await recover(rig, report))?.kind, 'rolled-back');
	await assertValid(t, rig, 'from /outgoing');
});

test('when the old pair is lost everywhere, recovery stops nothing', async t => {
	const rig = await interruptedWithNewPair(await makeRig(t));
	await rm(rig.layout.backups, {recursive: true});
	await rm(rig.layout.outgoing, {recursive: true});
	await rig.services.start('taniumserver');
	const outcome = await recover(rig, report);
	t.is(outcome?.kind, 'needs-hands');
	t.regex(describeOutcome(outcome!).join(' '), /The old pair is neither in/);
	t.true((await rig.services.state('taniumserver')).running);
});

test('without a journal nothing is recovered, and strays are removed', async t => {
	const rig = await makeRig(t);
	t.is(await recover(rig, report), undefined);
	await writeFile(`${rig.layout.soapKey}.new`, '');
	t.is(await recover(rig, report), undefined);
	await assertValid(t, rig, 'strays');
});

/** Interrupts an installation when the new pair is in place and not yet known to be. */
async function interruptedWithNewPair(rig: Rig): Promise<Rig> {
	await uploadOther(rig);
	for (let nth = 1; ; nth++) {
		const {kind} = await runFaulty(rig, 'install', 'kill', nth);
		const change = await readJournal(rig.layout);
		if (change?.phase === 'SWITCHING' && (await isInstalled(rig, change.new))) {
			return rig;
		}

		if (kind !== 'killed') {
			throw new Error('no change left the new pair in place');
		}

		await recover(rig, report);
		await uploadOther(rig);
	}
}

test('the files that a pair came from are removed once it is installed, unless they have changed since', async t => {
	const rig = await makeRig(t);
	const folder = await temporaryFolder(t);
	const files = ['bundle', 'changed', 'gone'].map(name => path.join(folder, name));
	await Promise.all(files.map(async file => writeFile(file, path.basename(file))));
	const origins = files.map(file => ({file, sha256: sha256(Buffer.from(path.basename(file)))}));
	await writeFile(files[1]!, 'something newer');
	await rm(files[2]!);
	await uploadOther(rig);
	const plan = await planInstallation(rig, await readInbox(rig.layout), {user: 'tanadmin', from: 'console', now, origins});
	t.is((await install(rig, plan, report)).kind, 'installed');
	t.deepEqual(await readdir(folder), ['changed']);
	t.is((await readdir(rig.layout.incoming)).length, 2, 'what the pair did not come from stays');
});
