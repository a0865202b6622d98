import {mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {
	assertAuditable,
	audit,
	auditChange,
	auditLimited,
	auditOrKeep,
	auditWarning,
	copyAudit,
	flushAudit,
} from '../../src/appliance/audit.js';
import {maxKeptEvents, networkRate} from '../../src/appliance/log-limits.js';
import {type Layout, layoutOf} from '../../src/appliance/layout.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';
import {emptyLayout, modeOf} from './folder.js';

async function eventsOf(layout: Layout): Promise<Array<Record<string, unknown>>> {
	return (await readFile(layout.audit, 'utf8'))
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as Record<string, unknown>);
}

test('each event is one line of JSON with its time, behind those before it', async t => {
	const layout = await emptyLayout(t);
	await audit(layout, {event: 'sign-in', user: 'tanadmin', from: 'console'});
	await audit(layout, {event: 'certificate-checked', ok: false, findings: ['key-mismatch'], certificate: undefined});
	const [first, second] = await eventsOf(layout);
	t.like(first, {event: 'sign-in', user: 'tanadmin', from: 'console'});
	t.like(second, {event: 'certificate-checked', ok: false, findings: ['key-mismatch']});
	t.regex(String(first!['time']), /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
});

test('a value with line ends stays in its line', async t => {
	const layout = await emptyLayout(t);
	await audit(layout, {event: 'sign-in-refused', user: 'x\n{"event":"sign-in","user":"tanadmin"}\u2028'});
	t.is((await eventsOf(layout)).length, 1);
});

test('the log and its folder are for the owner alone', async t => {
	const layout = await emptyLayout(t);
	await audit(layout, {event: 'sign-in'});
	t.is(await modeOf(layout.audit), '0600');
	t.is(await modeOf(path.dirname(layout.audit)), '0700');
});

test('many events at once are all there, each in one piece', async t => {
	const layout = await emptyLayout(t);
	await Promise.all(Array.from({length: 50}, async (_, number) => audit(layout, {event: 'e', number, filler: 'x'.repeat(2000)})));
	t.deepEqual(
		(await eventsOf(layout)).map(({number}) => number as number).sort((a, b) => a - b),
		Array.from({length: 50}, (_, number) => number),
	);
});

test('each line is copied once, also one that has to be kept; a refused change is not', async t => {
	const layout = await emptyLayout(t);
	const copied: string[] = [];
	copyAudit(layout, line => copied.push((JSON.parse(line) as {event: string}).event));
	await mkdir(layout.audit, {recursive: true});
	await auditOrKeep(layout, {event: 'kept'});
	await t.throwsAsync(audit(layout, {event: 'refused'}), {code: 'audit-unwritable'});
	t.deepEqual(copied, ['kept']);
	await rm(layout.audit, {recursive: true});
	await audit(layout, {event: 'written'});
	t.deepEqual(copied, ['kept', 'written']);
	t.deepEqual(
		(await eventsOf(layout)).map(({event}) => event),
		copied,
	);
});

test('a log that cannot be written is an error, and not silence', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.audit, {recursive: true});
	await t.throwsAsync(audit(layout, {event: 'sign-in'}), {code: 'audit-unwritable'});
	await rm(path.dirname(layout.audit), {recursive: true});
	await writeFile(path.dirname(layout.audit), '');
	await t.throwsAsync(audit(layout, {event: 'sign-in'}), {code: 'audit-unwritable'});
});

/** Lets every write to the log fail as on a full disk. Returns what ends that. */
async function fillDisk({audit: file}: Layout): Promise<() => Promise<void>> {
	await mkdir(path.dirname(file), {recursive: true});
	await rm(file, {force: true});
	await symlink('/dev/full', file);
	return async () => rm(file);
}

test('on a full disk a change is refused, and a look is kept and logged later, with its own time and before what follows', async t => {
	const layout = await emptyLayout(t);
	const emptyDisk = await fillDisk(layout);
	await t.throwsAsync(audit(layout, {event: 'key-added'}), {
		code: 'audit-unwritable',
		message: /cannot be written. The disk is full/,
	});
	t.false(await auditOrKeep(layout, {event: 'sign-in', user: 'tanuser'}));
	t.regex((await auditWarning(layout))!, /cannot be written.*You can look at everything/);
	const before = new Date().toISOString();
	await emptyDisk();
	await audit(layout, {event: 'key-added'});
	const events = await eventsOf(layout);
	t.deepEqual(
		events.map(({event}) => event),
		['sign-in', 'key-added'],
	);
	t.true(String(events[0]!['time']) <= before && before <= String(events[1]!['time']));
	t.is(await auditWarning(layout), undefined);
});

test('what is kept is bounded, and the log says how many were lost', async t => {
	const layout = await emptyLayout(t);
	const emptyDisk = await fillDisk(layout);
	for (let number = 0; number < maxKeptEvents + 7; number++) {
		await auditOrKeep(layout, {event: 'sign-in', number});
	}

	await emptyDisk();
	t.true(await auditOrKeep(layout, {event: 'sign-out'}));
	const events = await eventsOf(layout);
	t.is(events.length, maxKeptEvents + 2);
	t.like(events.at(-2), {event: 'events-not-logged', reason: 'audit-unwritable', count: 7});
});

test('nothing is changed while what was kept cannot be logged', async t => {
	const layout = await emptyLayout(t);
	const emptyDisk = await fillDisk(layout);
	await auditOrKeep(layout, {event: 'sign-in'});
	await t.throwsAsync(assertAuditable(layout), {code: 'audit-unwritable'});
	await t.throwsAsync(
		auditChange(layout, {event: 'password-changed'}, async () => t.fail()),
		{code: 'audit-unwritable'},
	);
	await emptyDisk();
	await t.notThrowsAsync(assertAuditable(layout));
});

test('a change that fails after it was logged is logged with its failure', async t => {
	const layout = await emptyLayout(t);
	const change = async () => {
		throw new Error('no');
	};
	await t.throwsAsync(auditChange(layout, {event: 'password-changed', user: 'tanuser'}, change), {message: 'no'});
	const [, failed] = await eventsOf(layout);
	t.like(failed, {event: 'password-changed', user: 'tanuser', result: 'failed: no'});
});

test('what the network causes is bounded, and counted; what a user does is not', async t => {
	const layout = await emptyLayout(t);
	const {burst} = networkRate.perSource;
	for (let number = 0; number < 10_000; number++) {
		await auditLimited(layout, {event: 'ssh-refused', from: '10.0.0.1', user: 'x'.repeat(100_000)});
	}

	await auditOrKeep(layout, {event: 'ssh-sign-in', from: '10.0.0.1'});
	flushAudit(layout);
	const events = await eventsOf(layout);
	const refused = events.filter(({event}) => event === 'ssh-refused').length;
	t.true(refused >= burst && refused <= burst + 2, String(refused));
	t.is(events.filter(({event}) => event === 'ssh-sign-in').length, 1);
	t.like(events.at(-1), {event: 'events-not-logged', reason: 'rate', count: 10_000 - refused});
});

testWith('mount')('a change needs space for its outcome, too', async t => {
	const disk = await smallDisk(t, 1);
	const layout = layoutOf(disk);
	await audit(layout, {event: 'sign-in'});
	await fill(disk);
	await t.throwsAsync(audit(layout, {event: 'key-added'}), {code: 'audit-unwritable', message: /The disk is full/});
	await free(disk);
	await t.notThrowsAsync(audit(layout, {event: 'key-added'}));
});
