import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {open, readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {serviceLogRotation} from '../../src/appliance/log-limits.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';
import {emptyFolder, modeOf} from './folder.js';

const program = fileURLToPath(new URL('output-writer.js', import.meta.url));

/** Starts the program with its log, and resolves when it has logged its first lines. */
async function started(log: string, counts: number[]): Promise<ChildProcess> {
	await using file = await open(log, 'a', 0o640);
	await file.chmod(0o640);
	const child = spawn(process.execPath, [program, ...counts.map(String)], {
		stdio: ['ignore', file.fd, file.fd, 'ipc'],
		env: {...process.env, TANOS_AWAIT_RECORD: '1'},
	});
	await once(child, 'message');
	return child;
}

/** Lets it log its next lines, or end. */
async function next(child: ChildProcess, event: 'message' | 'exit'): Promise<void> {
	const done = once(child, event);
	child.send('go on');
	await done;
}

/** The lines of a log, the oldest first, without their times. */
async function linesOf(log: string): Promise<string[]> {
	const names = (await readdir(path.dirname(log))).filter(name => name.startsWith(path.basename(log))).toSorted();
	const texts = await Promise.all(names.toReversed().map(async name => readFile(path.join(path.dirname(log), name), 'utf8')));
	return texts.flatMap(text => text.split('\n').slice(0, -1)).map(line => line.replace(/^\S+ /, ''));
}

test('a program rotates its own log, without losing a line, and its mode stays', async t => {
	const log = path.join(await emptyFolder(t), 'service.log');
	const count = 12_000;
	const child = await started(log, [count]);
	await next(child, 'exit');
	const names = (await readdir(path.dirname(log))).filter(name => name.startsWith('service.log'));
	t.deepEqual(names.toSorted(), ['service.log', 'service.log.1', 'service.log.2']);
	for (const name of names) {
		const file = path.join(path.dirname(log), name);
		t.true((await stat(file)).size < serviceLogRotation.maxBytes + 10_000);
		t.is(await modeOf(file), '0640');
	}

	t.deepEqual(
		(await linesOf(log)).map(line => Number(line.split(' ')[0])),
		Array.from({length: count}, (_, number) => number),
	);
});

testWith('mount')('a program goes on while the disk is full, and says later how many lines it could not log', async t => {
	const disk = await smallDisk(t, 1);
	const log = path.join(disk, 'service.log');
	const child = await started(log, [1, 20, 1]);
	await fill(disk);
	await next(child, 'message');
	await free(disk);
	await next(child, 'message');
	await next(child, 'exit');
	const lines = await linesOf(log);
	const lost = Number(/^Lines that could not be logged: (\d+)$/m.exec(lines.join('\n'))?.[1]);
	t.is(lines.filter(line => /^\d+ x{1000}$/.test(line)).length, 22 - lost);
	t.is(lines.at(-1)!.split(' ')[0], '21');
});
