import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {audit} from '../../src/appliance/audit.js';
import type {Layout} from '../../src/appliance/layout.js';
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

test('a log that cannot be written is an error, and not silence', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.audit, {recursive: true});
	await t.throwsAsync(audit(layout, {event: 'sign-in'}), {code: 'audit-unwritable'});
	await rm(path.dirname(layout.audit), {recursive: true});
	await writeFile(path.dirname(layout.audit), '');
	await t.throwsAsync(audit(layout, {event: 'sign-in'}), {code: 'audit-unwritable'});
});
