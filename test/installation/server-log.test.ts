// What the Tanium Server logged is told where it did not start, or ended, with the new pair.
import {appendFile, mkdir} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {changeRecords} from '../../src/appliance/change-records.js';
import {describeOutcome} from '../../src/installation/outcome.js';
import {Problem} from '../../src/problem.js';
import {makeRig, type Rig} from './fixtures/appliance.js';
import {afterStep, installUpload} from './fixtures/install.js';

async function logs({layout}: Rig, text: string): Promise<void> {
	await mkdir(layout.taniumServerLogs, {recursive: true});
	await appendFile(path.join(layout.taniumServerLogs, 'taniumserver.log'), text);
}

/** An appliance whose Tanium Server logs this and ends, the first time it is started. */
async function makeFailingRig(t: ExecutionContext, text: string): Promise<Rig> {
	const rig = await makeRig(t);
	let starts = 0;
	const services = {
		...rig.services,
		async start(name: 'taniumserver') {
			if (starts++ > 0) {
				return rig.services.start(name);
			}

			await logs(rig, text);
			throw new Problem('service-failed', 'It does not start.', 'Its log says more.');
		},
	};
	return {...rig, services};
}

test('the last lines of the run that failed are told and recorded, fit for display', async t => {
	const lines = ['one', 'two', 'three', 'four', `\u001B[2J${'x'.repeat(300)}`, 'six'];
	const rig = await makeFailingRig(t, `${lines.join('\n')}\n`);
	await logs(rig, 'before\n');
	const outcome = await installUpload(rig);
	t.is(outcome.kind, 'rolled-back');
	const told = ['two', 'three', 'four', `\\x1b[2J${'x'.repeat(233)} ...`, 'six'];
	const sentences = describeOutcome(outcome);
	const at = sentences.indexOf('Why: It does not start.');
	t.deepEqual(sentences.slice(at + 1, at + 6), [
		'The last lines of its log:',
		'  four',
		`  \\x1b[2J${'x'.repeat(61)} ...`,
		'  six',
		'More of its log: 3-L, or log show taniumserver',
	]);
	const [record] = await changeRecords(rig.layout);
	t.deepEqual(record?.serverLog, told);
	t.true(record?.told.includes('  six'));
});

test('what was logged before the start is not told', async t => {
	const rig = await makeFailingRig(t, '');
	await logs(rig, 'before\n');
	const outcome = await installUpload(rig);
	t.is(outcome.kind, 'rolled-back');
	t.deepEqual(describeOutcome(outcome).slice(1, 3), ['Why: It does not start.', 'Its log says more.']);
});

test('the log is not told when something else failed', async t => {
	const rig = await makeRig(t);
	const outcome = await installUpload(
		rig,
		afterStep('Swap', async () => {
			await logs(rig, 'something else\n');
			throw new Problem('disk', 'The disk is on fire.');
		}),
	);
	t.is(outcome.kind, 'rolled-back');
	t.false(describeOutcome(outcome).join('\n').includes('something else'));
	t.is((await changeRecords(rig.layout))[0]?.serverLog, undefined);
});
