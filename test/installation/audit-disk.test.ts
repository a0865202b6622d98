// The disk of the audit log becomes full at a certain step. Before the stop, nothing is changed; after it, the installation goes on.
import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {describeOutcome} from '../../src/installation/outcome.js';
import {recover} from '../../src/installation/recovery.js';
import {fill, free, mountDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';
import {assertValid, makeRig, type Rig} from './fixtures/appliance.js';
import {afterStep, installUpload, report} from './fixtures/install.js';

const test = testWith('mount');

async function rigWithAuditDisk(t: ExecutionContext): Promise<Rig & {disk: string}> {
	const rig = await makeRig(t);
	const disk = path.dirname(rig.layout.audit);
	await mountDisk(t, disk, '256k');
	return {...rig, disk};
}

async function eventsOf({layout}: Rig): Promise<Array<Record<string, unknown>>> {
	const lines = (await readFile(layout.audit, 'utf8')).split('\n').filter(line => line.trim() !== '');
	return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

test('before an installation, it refuses it in words', async t => {
	const rig = await rigWithAuditDisk(t);
	await fill(rig.disk);
	const outcome = await installUpload(rig);
	t.is(outcome.kind, 'refused');
	t.regex(describeOutcome(outcome).join('\n'), /Nothing was changed\.\nThe audit log .* cannot be written\. The disk is full/);
	await assertValid(t, rig, 'refused');
});

for (const title of ['Stop taniumserver', 'Verify over TLS that the new certificate is served']) {
	test(`after "${title}", the installation goes on, says so, and the next recovery logs its end`, async t => {
		const rig = await rigWithAuditDisk(t);
		const fillUp = async () => {
			const {size} = await stat(rig.layout.audit);
			await fill(rig.disk, rig.layout.audit, 4096 - (size % 4096)); // Not even the last page of the log has space.
		};

		const outcome = await installUpload(rig, afterStep(title, fillUp));
		t.is(outcome.kind, 'installed');
		t.regex(describeOutcome(outcome).join('\n'), /audit log .* cannot be written now\. When it can, run: tanos recover/);
		await free(rig.disk);
		t.is((await recover(rig, report))?.kind, 'installed');
		await assertValid(t, rig, title);
		const [began, ended, recovered] = await eventsOf(rig);
		t.like(began, {event: 'installation-began'});
		t.like(ended, {event: 'installation-ended', outcome: 'installed'});
		t.like(recovered, {event: 'installation-recovered', outcome: 'installed'});
	});
}
