// The file of a recording: its events, its limits, and what becomes of it on a full disk.
import {readFile, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import test from 'ava';
import {CastFile} from '../../src/recordings/cast-file.js';
import {recordOutput} from '../../src/recordings/record-output.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';

const size = {columns: 80, rows: 24, title: 'a test'};

/** The events of a recording without their times. Throws for a line that is no JSON. */
async function eventsOf(file: string): Promise<Array<[code: string, data: string]>> {
	const [, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
	return lines.map(line => (JSON.parse(line) as [number, string, string]).slice(1) as [string, string]);
}

test('each event is in the file at once', async t => {
	const file = path.join(await temporaryFolder(t), 'a.cast');
	const cast = new CastFile(file, {...size, startedAt: new Date('2026-11-27T08:00:00.900Z'), terminal: 'xterm\u009B'});
	const [header = ''] = (await readFile(file, 'utf8')).split('\n');
	t.deepEqual(JSON.parse(header), {
		version: 2,
		width: 80,
		height: 24,
		timestamp: 1_795_766_400,
		title: 'a test',
		env: {TERM: 'xterm\u009B'},
	});
	t.notRegex(header, /\u009B/);
	cast.output('one\u001B]7717;ready;4\u0007');
	cast.input('\r');
	cast.resize(80, 24);
	cast.resize(100, 30);
	cast.mark('here');
	t.deepEqual(await eventsOf(file), [
		['o', 'one'],
		['i', '\r'],
		['r', '100x30'],
		['m', 'here'],
	]);
	t.is((await stat(file)).mode & 0o777, 0o600);
	t.is((await stat(file)).size, cast.bytes);
	cast.close();
	cast.output('later');
	t.is((await eventsOf(file)).length, 4);
});

test('a file that exists is not touched, nor one that a link leads to', async t => {
	const folder = await temporaryFolder(t);
	const [file, link, missing] = ['a.cast', 'link', 'missing'].map(name => path.join(folder, name)) as [string, string, string];
	await writeFile(file, 'mine');
	await symlink(missing, link);
	for (const existing of [file, link]) {
		t.throws(() => new CastFile(existing, size), {code: 'EEXIST'});
	}

	t.is(await readFile(file, 'utf8'), 'mine');
	await t.throwsAsync(stat(missing));
});

test('at its limit it ends with a marker', async t => {
	const file = path.join(await temporaryFolder(t), 'a.cast');
	const ends: string[] = [];
	const cast = new CastFile(file, {...size, maxBytes: 1000, onEnd: why => ends.push(why)});
	for (let count = 0; count < 100; count++) {
		cast.output('x'.repeat(50));
	}

	const why = 'The recording has reached its limit of 1000 bytes.';
	t.deepEqual(ends, [why]);
	t.deepEqual((await eventsOf(file)).at(-1), ['m', why]);
	t.true((await stat(file)).size <= 1000);
});

testWith('mount')('on a full disk it ends with a whole line', async t => {
	const disk = await smallDisk(t, 1);
	const file = path.join(disk, 'a.cast');
	const ends: string[] = [];
	const cast = new CastFile(file, {...size, onEnd: why => ends.push(why)});
	cast.output('x'.repeat(5000));
	await fill(disk);
	cast.output('y'.repeat(9000));
	t.is(ends.length, 1);
	t.regex(ends[0]!, /disk is full/);
	await free(disk);
	cast.output('z');
	t.deepEqual(await eventsOf(file), [['o', 'x'.repeat(5000)]]);
});

test('a stream is recorded with the line ends of a terminal', async t => {
	const file = path.join(await temporaryFolder(t), 'a.cast');
	const stream = new PassThrough();
	const cast = new CastFile(file, size);
	const recording = recordOutput(stream, cast);
	stream.write('one\ntwo\r\n');
	stream.write(Buffer.from('three'));
	recording[Symbol.dispose]();
	stream.write('four');
	t.is(String(stream.read()), 'one\ntwo\r\nthreefour');
	t.deepEqual(await eventsOf(file), [
		['o', 'one\r\ntwo\r\n'],
		['o', 'three'],
	]);
});
