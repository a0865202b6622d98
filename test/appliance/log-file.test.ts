import {readdir, readFile, rename, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {execa} from 'execa';
import {tryLock} from '../../src/appliance/file-lock.js';
import {appendLines, rotate} from '../../src/appliance/log-file.js';
import {auditRotation} from '../../src/appliance/log-limits.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';
import {emptyFolder, emptyLayout, modeOf} from './folder.js';

const options = {durable: false, mayBeTorn: false};
const writer = fileURLToPath(new URL('log-writer.js', import.meta.url));
const linesIn = async (file: string) => (await readFile(file, 'utf8')).split('\n').slice(0, -1);

test('two processes rotate one log, and every line is whole and there once', async t => {
	const layout = await emptyLayout(t);
	const count = 12_000;
	const names = ['one', 'other'];
	await Promise.all(names.map(async name => execa(process.execPath, [writer, layout.root, name, String(count)])));
	const folder = path.dirname(layout.audit);
	const files = (await readdir(folder)).filter(name => name.startsWith('audit.jsonl'));
	t.true(files.length >= 3, files.join(' '));
	const events = [];
	for (const name of files) {
		const file = path.join(folder, name);
		t.true((await stat(file)).size < auditRotation.maxBytes + 100_000);
		t.is(await modeOf(file), '0600');
		events.push(...(await linesIn(file)).map(line => JSON.parse(line) as {user: string; number: number}));
	}

	for (const name of names) {
		const numbers = events.filter(({user}) => user === name).map(({number}) => number);
		t.deepEqual(
			numbers.toSorted((one, other) => one - other),
			Array.from({length: count}, (_, number) => number),
		);
	}
});

test('a rotation keeps as many files as it may, and replaces the oldest', async t => {
	const file = path.join(await emptyFolder(t), 'log');
	for (let number = 1; number <= 5; number++) {
		appendLines(file, [`${number}`.repeat(10)], options);
		await rotate(file, {maxBytes: 10, maxFiles: 3}, async () => tryLock(`${file}.lock`));
	}

	t.deepEqual((await readdir(path.dirname(file))).filter(name => name.startsWith('log')).toSorted(), ['log', 'log.1', 'log.2', 'log.lock']);
	t.deepEqual(await linesIn(`${file}.1`), ['5555555555']);
	t.deepEqual(await linesIn(`${file}.2`), ['4444444444']);
	t.deepEqual(await linesIn(file), []);
});

test('a log below its size is not rotated', async t => {
	const file = path.join(await emptyFolder(t), 'log');
	appendLines(file, ['line'], options);
	await rotate(file, {maxBytes: 10, maxFiles: 3}, async () => tryLock(`${file}.lock`));
	t.deepEqual(await linesIn(file), ['line']);
});

test('a log that ends within a line gets the next event in a line of its own', async t => {
	const file = path.join(await emptyFolder(t), 'log');
	await writeFile(file, '{"whole":1}\n{"event":"to');
	appendLines(file, ['{"next":1}'], {...options, mayBeTorn: true});
	t.deepEqual(await linesIn(file), ['{"whole":1}', '{"event":"to', '{"next":1}']);
});

test('a full disk is an error, and says so', async t => {
	const file = path.join(await emptyFolder(t), 'log');
	await symlink('/dev/full', file);
	t.like(appendLines(file, ['line'], options), {written: 0, error: {code: 'ENOSPC'}});
});

testWith('mount')('a disk that becomes full within a line leaves no part of it', async t => {
	const disk = await smallDisk(t, 1);
	const file = path.join(disk, 'log');
	const line = JSON.stringify({filler: 'x'.repeat(999)});
	for (const room of [3000, 5, 1]) {
		await writeFile(file, '');
		await fill(disk, file, 4096 - room);
		const {written, error} = appendLines(
			file,
			Array.from({length: 8}, () => line),
			options,
		);
		t.is(error && 'code' in error && error.code, 'ENOSPC');
		t.is(written, Math.floor(room / (line.length + 1)));
		await free(disk);
		appendLines(file, [line], options);
		const lines = (await linesIn(file)).filter(found => found.trim() !== '');
		t.is(lines.filter(found => found === line).length, written + 1);
		t.notThrows(() => lines.map(found => JSON.parse(found) as unknown));
	}
});

test('a line for a file that was renamed meanwhile is in the renamed one or in the new one', async t => {
	const file = path.join(await emptyFolder(t), 'log');
	appendLines(file, ['one'], options);
	await rename(file, `${file}.1`);
	appendLines(file, ['two'], options);
	t.deepEqual([await linesIn(`${file}.1`), await linesIn(file)], [['one'], ['two']]);
});
