// Recordings of sessions over SSH: when there are any, who can read them, and their limits.
import {mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {setSecuritySetting, type SecuritySettings} from '../../src/appliance/users/security-settings.js';
import {recordSession} from '../../src/recordings/record-session.js';
import {removeOldRecordings, storedRecordings} from '../../src/recordings/store.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';
import {ConsoleClient, servedConsoles} from '../ssh-server/console-client.js';

const by = {user: 'tanadmin', from: 'test'};

async function set(layout: Layout, settings: Partial<SecuritySettings>): Promise<void> {
	for (const [name, value] of Object.entries(settings)) {
		await setSecuritySetting(layout, name as keyof SecuritySettings, value, by);
	}
}

async function newLayout(t: ExecutionContext, settings: Partial<SecuritySettings> = {}): Promise<Layout> {
	const layout = layoutOf(await temporaryFolder(t));
	await set(layout, {recordSessions: 1, ...settings});
	return layout;
}

/** A session whose client shows what is written to `stream`. */
async function recorded(layout: Layout) {
	const stream = new PassThrough();
	stream.resume();
	const terminal = {type: 'xterm', size: {columns: 80, rows: 24}, onResize() {}};
	const recording = await recordSession(layout, {user: 'tanadmin', from: '192.0.2.1', host: 'ts1', stream, terminal});
	return {stream, recording};
}

async function auditedIn({audit}: Layout): Promise<string[]> {
	const lines = (await readFile(audit, 'utf8')).trimEnd().split('\n');
	return lines.map(line => (JSON.parse(line) as {event: string}).event).filter(event => event.startsWith('recording'));
}

testWith('ssh')('a session is recorded when the policy says so, and administrators can read it', async t => {
	const served = await servedConsoles(t);
	const {layout} = served;
	const asAdmin = async (words: string, ...options: string[]) => served.run('ssh', [...options, 'tanadmin@127.0.0.1', words]);
	await asAdmin('recordings list', '-tt');
	await t.throwsAsync(readdir(layout.recordings), {code: 'ENOENT'});

	t.is((await asAdmin('security set record_sessions 1')).out, 'record_sessions is now 1.\n');
	t.is((await asAdmin('recordings list')).out, 'There are no recordings.\n');
	const client = new ConsoleClient(t, served, 'tanadmin');
	await client.prints(/This session is recorded\. Administrators/);
	client.write('\r');
	await client.prints(/Main Menu/);
	client.resize(100, 30);
	client.write('p\r');
	await client.prints(/Current password/);
	client.write('Never-shown-1\u0003z\r');
	t.is(await client.ended, 0);

	const [name = '', ...others] = await readdir(layout.recordings);
	t.deepEqual(others, []);
	t.regex(name, /^\d{8}-\d{6}-tanadmin-[\da-f]{8}\.cast$/);
	t.is((await stat(layout.recordings)).mode & 0o777, 0o700);
	const file = path.join(layout.recordings, name);
	t.is((await stat(file)).mode & 0o777, 0o600);
	const text = await readFile(file, 'utf8');
	t.regex(text, /"r","100x30"/);
	t.notRegex(text, /"i",|Never-shown-1/);

	t.regex((await asAdmin('recordings list')).out, new RegExp(`^${name}  .* UTC  tanadmin  \\d+ bytes\n$`));
	t.is((await asAdmin(`recordings get ${name}`)).out, text);
	for (const words of ['recordings list', `recordings get ${name}`]) {
		const refused = await served.run('ssh', ['tanuser@127.0.0.1', words]);
		t.deepEqual([refused.status, refused.out], [1, '']);
		t.regex(refused.errors, /needs the tanadmin role/);
	}

	for (const wrong of ['../../../etc/tanos/accounts.json', `x/${name}`, name.replace('tanadmin', 'nobody')]) {
		t.regex((await asAdmin(`recordings get ${wrong}`)).errors, /There is no recording/);
	}

	const told = await asAdmin('recordings list', '-tt');
	t.regex(told.out, /^This session is recorded/);
	t.deepEqual(await auditedIn(layout), ['recording-begun', 'recording-ended', 'recording-fetched', 'recording-begun', 'recording-ended']);
});

test('a recording that reaches its limit ends with a marker, and the session goes on', async t => {
	const layout = await newLayout(t, {maximumRecordingMegabytes: 1});
	const {stream, recording} = await recorded(layout);
	for (let count = 0; count < 40; count++) {
		stream.write('x'.repeat(50_000));
	}

	await recording[Symbol.asyncDispose]();
	const [stored] = await storedRecordings(layout);
	t.true(stored!.bytes <= 1024 * 1024 && stored!.bytes > 900_000);
	const last = (await readFile(path.join(layout.recordings, stored!.name), 'utf8')).trimEnd().split('\n').at(-1)!;
	t.regex(last, /"m","The recording has reached its limit of 1048576 bytes\."/);
	t.deepEqual(await auditedIn(layout), ['recording-begun', 'recording-ended-early', 'recording-ended']);
});

test('the oldest recordings are removed, by size and by age, and none that is being written', async t => {
	const layout = await newLayout(t, {maximumTotalRecordingMegabytes: 1, maximumRecordingDays: 30});
	const names = ['20200101-000000', '20261101-000000', '20261102-000000', '20261103-000000'].map(when => `${when}-tanadmin-12345678.cast`);
	await mkdir(layout.recordings, {mode: 0o700});
	for (const name of [...names, 'notes.txt']) {
		await writeFile(path.join(layout.recordings, name), 'x'.repeat(400_000));
	}

	const now = new Date('2026-11-04T00:00:00Z');
	t.true(await removeOldRecordings(layout, now));
	t.deepEqual((await readdir(layout.recordings)).toSorted(), [...names.slice(2), 'notes.txt']);

	const {stream, recording} = await recorded(layout);
	stream.write('x'.repeat(1_200_000));
	t.false(await removeOldRecordings(layout, now));
	t.is((await storedRecordings(layout)).length, 1);
	await recording[Symbol.asyncDispose]();
	t.true(await removeOldRecordings(layout, now));
	t.deepEqual(await readdir(layout.recordings), ['notes.txt']);
});

testWith('mount')('without space for an installation nothing is recorded, and the session goes on', async t => {
	const layout = await newLayout(t);
	const disk = await smallDisk(t, 10);
	await symlink(disk, layout.recordings);
	const linked = await recorded(layout);
	t.regex(linked.recording.notice!, /This session is not recorded: .* is a symbolic link/);
	const onDisk = {...layout, recordings: path.join(disk, 'recordings')};
	const {stream, recording} = await recorded(onDisk);
	t.regex(recording.notice!, /This session is not recorded: The disk is nearly full/);
	t.true(stream.write('x'));
	t.deepEqual(await storedRecordings(onDisk), []);
	t.deepEqual(await auditedIn(layout), ['recording-failed', 'recording-failed']);
});
