// The process is killed, and the disk is full, at every change of the file system that an installation or a recovery
// makes. Whatever the moment, what is left in the end is a matching pair, served over TLS.
import {readFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {readJournal} from '../../src/installation/journal.js';
import {recover} from '../../src/installation/recovery.js';
import type {Phase} from '../../src/installation/change.js';
import {makeRig, assertValid, runFaulty, uploadOther, type Rig} from './fixtures/appliance.js';

const report = async <Result>(_: string, work: () => Promise<Result>) => work();

/** In the audit log; a recovery that was killed may have recorded an end already. */
async function assertEveryBeginningHasAnEnd(t: ExecutionContext, {layout}: Rig): Promise<void> {
	const log = await readFile(layout.audit, 'utf8');
	const count = (event: RegExp) => [...log.matchAll(event)].length;
	t.is(count(/"event":"installation-(?:ended|recovered)"/g) >= count(/"event":"installation-began"/g), true, log);
}

/** How many changes an undisturbed run makes. */
async function countChanges(t: ExecutionContext, rig: Rig): Promise<number> {
	await uploadOther(rig);
	const {kind, changes} = await runFaulty(rig, 'install', 'none');
	t.is(kind, 'installed');
	return changes;
}

test('an installation killed at any change of the file system is finished or undone', async t => {
	const rig = await makeRig(t);
	const changes = await countChanges(t, rig);
	t.true(changes > 20);
	const endings = new Set<string>();
	for (let nth = 1; nth <= changes; nth++) {
		await uploadOther(rig);
		t.is((await runFaulty(rig, 'install', 'kill', nth)).kind, 'killed');
		const outcome = await recover(rig, report);
		endings.add(outcome?.kind ?? 'nothing');
		await assertValid(t, rig, `killed at change ${nth}`);
		await assertEveryBeginningHasAnEnd(t, rig);
	}

	t.deepEqual([...endings].toSorted(), ['installed', 'nothing', 'refused', 'rolled-back']);
});

for (const [fault, title] of [
	['fail', 'fails at any one change'],
	['full', 'is full from any change on'],
] as const) {
	test(`an installation whose disk ${title} ends installed, refused or rolled back`, async t => {
		const rig = await makeRig(t);
		const changes = await countChanges(t, rig);
		const endings = new Set<string>();
		for (let nth = 1; nth <= changes; nth++) {
			await uploadOther(rig);
			const {kind} = await runFaulty(rig, 'install', fault, nth);
			endings.add(kind);
			await recover(rig, report);
			await assertValid(t, rig, `${fault} at change ${nth}`);
		}

		t.false(endings.has('needs-hands'), 'a full disk never needs hands');
		t.true(endings.has('refused') && endings.has('rolled-back') && endings.has('installed'), [...endings].join(' '));
	});
}

test('a recovery killed at any change of the file system, in any phase, is finished by the next one', async t => {
	const rig = await makeRig(t);
	const changes = await countChanges(t, rig);
	const seen = new Set<Phase>();
	for (let nth = 1; nth <= changes; nth++) {
		const phase = await killedIn(rig, nth);
		if (phase && !seen.has(phase)) {
			seen.add(phase);
			await killRecoveries(t, rig, nth, phase);
		} else {
			await recover(rig, report);
		}
	}

	t.deepEqual([...seen].toSorted(), ['COMMITTED', 'PREPARED', 'PREPARING', 'SWITCHED', 'SWITCHING']);
});

/** Kills an installation at its nth change. Resolves with the phase that the journal was left in. */
async function killedIn(rig: Rig, nth: number): Promise<Phase | undefined> {
	await uploadOther(rig);
	await runFaulty(rig, 'install', 'kill', nth);
	return (await readJournal(rig.layout))?.phase;
}

/** From a journal in this phase: kills the recovery at its first change, then its second, and so on until it ends alive. */
async function killRecoveries(t: ExecutionContext, rig: Rig, nth: number, phase: Phase): Promise<void> {
	for (let change = 1; ; change++) {
		const {kind} = await runFaulty(rig, 'recover', 'kill', change);
		await recover(rig, report);
		await assertValid(t, rig, `${phase}, recovery killed at change ${change}`);
		if (kind !== 'killed') {
			return;
		}

		await killedIn(rig, nth);
	}
}
