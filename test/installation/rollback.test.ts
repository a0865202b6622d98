// Faults of the file system and of the service at a certain step. Wherever a way exists, a pair serves afterwards, and what is said
// about it is true.
import {readdir, rename} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {digestOf, isSame, readInstalled} from '../../src/installation/change.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {recover} from '../../src/installation/recovery.js';
import {Problem} from '../../src/problem.js';
import {testWith} from '../helpers/test-with.js';
import {assertValid, makeRig, type Rig} from './fixtures/appliance.js';
import {afterStep, installUpload, report} from './fixtures/install.js';

/** Makes a file or folder immutable until the returned function, or the end of the test. */
async function freeze(t: ExecutionContext, file: string): Promise<() => Promise<void>> {
	const thaw = async () => {
		await execa('chattr', ['-i', file]);
	};
	await execa('chattr', ['+i', file]);
	t.teardown(thaw);
	return thaw;
}

async function processOf({services}: Rig): Promise<string> {
	const state = await services.state('taniumserver');
	return state.running ? state.process : 'none';
}

for (const [title, file] of [
	['certificate', (rig: Rig) => rig.layout.soapCertificate],
	['key', (rig: Rig) => rig.layout.soapKey],
	['folder of the pair', (rig: Rig) => rig.layout.taniumServer],
	['pid file', (rig: Rig) => path.join(rig.layout.run, 'taniumserver.json')],
	['folder of the pid file', (rig: Rig) => rig.layout.run],
	['log', (rig: Rig) => path.join(rig.layout.taniumServerLogs, 'taniumserver.log')],
] as const) {
	testWith('chattr')(`an immutable ${title} is found before the service is stopped`, async t => {
		const rig = await makeRig(t);
		const before = await processOf(rig);
		await freeze(t, file(rig));
		const outcome = await installUpload(rig);
		t.is(outcome.kind, 'refused', describeOutcome(outcome).join('\n'));
		t.true(describeOutcome(outcome).join('\n').includes(file(rig)), 'what is wrong is named');
		t.is(await processOf(rig), before, 'the service was not touched');
		await assertValid(t, rig, title);
		t.deepEqual(await readdir(rig.layout.outgoing), []);
	});
}

for (const [title, file] of [
	['certificate', (rig: Rig) => rig.layout.soapCertificate],
	['key', (rig: Rig) => rig.layout.soapKey],
] as const) {
	testWith('chattr')(`a ${title} that becomes immutable after the stop is rolled back to`, async t => {
		const rig = await makeRig(t);
		const outcome = await installUpload(
			rig,
			afterStep('Stop', async () => freeze(t, file(rig))),
		);
		t.is(outcome.kind, 'rolled-back', describeOutcome(outcome).join('\n'));
		await assertValid(t, rig, title);
	});
}

testWith('chattr')('a folder that becomes immutable after the stop does not keep the old pair from being started', async t => {
	const rig = await makeRig(t);
	const old = digestOf(await readInstalled(rig.layout));
	let thaw = async () => {};
	const outcome = await installUpload(
		rig,
		afterStep('Stop', async () => {
			thaw = await freeze(t, rig.layout.taniumServer);
		}),
	);
	t.is(outcome.kind, 'rolled-back');
	t.regex(describeOutcome(outcome).join('\n'), /The cleanup failed: .*SOAPServer\.(?:key|crt)\.new/);
	t.true(isSame(digestOf(await readInstalled(rig.layout)), old));
	t.not(await processOf(rig), 'none');
	await thaw();
	t.is((await recover(rig, report))?.kind, 'rolled-back');
	await assertValid(t, rig, 'thawed');
});

testWith('chattr')('an old pair that cannot be renamed into place is written into the files themselves', async t => {
	const rig = await makeRig(t);
	const old = digestOf(await readInstalled(rig.layout));
	let starts = 0;
	const services = {
		...rig.services,
		async start(name: 'taniumserver') {
			if (starts++ === 0) {
				throw new Problem('service-failed', 'It does not start.');
			}

			return rig.services.start(name);
		},
	};
	const outcome = await installUpload(
		{...rig, services},
		afterStep('Swap', async () => freeze(t, rig.layout.taniumServer)),
	);
	t.is(outcome.kind, 'rolled-back', describeOutcome(outcome).join('\n'));
	t.true(isSame(digestOf(await readInstalled(rig.layout)), old));
	await assertValid(t, rig, 'overwritten');
});

testWith('chattr')('a pid file that cannot be written after the stop does not keep the service from being started and known', async t => {
	const rig = await makeRig(t);
	const outcome = await installUpload(
		rig,
		afterStep('Stop', async () => freeze(t, rig.layout.run)),
	);
	t.is(outcome.kind, 'installed', describeOutcome(outcome).join('\n'));
	t.not(await processOf(rig), 'none');
	await assertValid(t, rig, 'no pid file');
	await rig.services.stop('taniumserver');
	t.is(await processOf(rig), 'none');
});

testWith('chattr')('a journal that cannot be written after the stop leads back to the old pair', async t => {
	const rig = await makeRig(t);
	let thaw = async () => {};
	const outcome = await installUpload(
		rig,
		afterStep('Stop', async () => {
			thaw = await freeze(t, rig.layout.state);
		}),
	);
	t.is(outcome.kind, 'rolled-back', describeOutcome(outcome).join('\n'));
	t.not(await processOf(rig), 'none');
	await thaw();
	await recover(rig, report);
	await assertValid(t, rig, 'thawed');
});

test('when the old pair cannot come back, the whole pair in place is started, and that is what is said', async t => {
	const rig = await makeRig(t);
	const {layout} = rig;
	let starts = 0;
	const services = {
		...rig.services,
		async start(name: 'taniumserver') {
			if (starts++ === 0) {
				throw new Problem('service-failed', 'It does not start.');
			}

			return rig.services.start(name);
		},
	};
	const outcome = await installUpload(
		{...rig, services},
		afterStep('Swap', async () => {
			await rename(layout.backups, `${layout.backups}.lost`);
			await rename(layout.outgoing, `${layout.outgoing}.lost`);
		}),
	);
	t.is(outcome.kind, 'needs-hands');
	t.regex(describeOutcome(outcome).join('\n'), /The Tanium Server serves the new certificate, and the new pair is in place/);
	t.not(await processOf(rig), 'none');
	await rename(`${layout.backups}.lost`, layout.backups);
	await rename(`${layout.outgoing}.lost`, layout.outgoing);
	await recover(rig, report);
	await assertValid(t, rig, 'found again');
});

test('a service that ended and was started by somebody else while it was watched is not taken for success', async t => {
	const rig = await makeRig(t);
	const old = digestOf(await readInstalled(rig.layout));
	let seen = 0;
	const services = {
		...rig.services,
		async state(name: 'taniumserver') {
			if (++seen === 3) {
				await rig.services.restart(name); // After the plan has looked, and the first look of the watch.
			}

			return rig.services.state(name);
		},
	};
	const outcome = await installUpload({...rig, services});
	t.is(outcome.kind, 'rolled-back');
	t.regex(describeOutcome(outcome).join('\n'), /ended and was started again/);
	t.true(isSame(digestOf(await readInstalled(rig.layout)), old));
	await assertValid(t, rig, 'restarted');
});
