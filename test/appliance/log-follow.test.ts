import {appendFile, rename, rm, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {followLog} from '../../src/appliance/log-follow.js';
import {temporaryFolder} from '../helpers/sandbox.js';

/** Follows a log in a folder of its own. `next` resolves with the lines that are passed on next. */
async function follow(t: ExecutionContext, {start, text = ''}: {start?: string; text?: string} = {}) {
	const file = path.join(await temporaryFolder(t), 'service.log');
	if (start !== undefined) {
		await writeFile(file, start);
	}

	const stop = new AbortController();
	let arrived = Promise.withResolvers<string[]>();
	let taken = Promise.withResolvers<void>();
	const add = async (lines: string[]) => {
		arrived.resolve(lines);
		await taken.promise;
	};
	const ended = followLog(file, {count: 2, text, add, signal: stop.signal});
	const next = async () => {
		const lines = await arrived.promise;
		arrived = Promise.withResolvers<string[]>();
		taken.resolve();
		taken = Promise.withResolvers<void>();
		return lines;
	};
	const end = async () => {
		stop.abort();
		taken.resolve();
		await ended;
	};
	return {file, next, end};
}

test('the last lines come first, then what is logged, whole lines only and fit for display', async t => {
	const {file, next, end} = await follow(t, {start: 'one\ntwo\nthree\nfo'});
	t.deepEqual(await next(), ['two', 'three']);
	await appendFile(file, 'ur\n\u001B[2Jfive\nsi');
	t.deepEqual(await next(), ['four', '\\x1b[2Jfive']);
	await appendFile(file, 'x\n');
	t.deepEqual(await next(), ['six']);
	await end();
});

test('a log that is not there yet is followed, and again after it was renamed, emptied and removed', async t => {
	const {file, next, end} = await follow(t);
	await appendFile(file, 'one\n');
	t.deepEqual(await next(), ['one']);
	await appendFile(file, 'two\n');
	await rename(file, `${file}.1`);
	await appendFile(file, 'three\n');
	t.deepEqual(await next(), ['two']);
	t.deepEqual(await next(), ['three']);
	await truncate(file);
	await appendFile(file, '4\n');
	t.deepEqual(await next(), ['4']);
	await rm(file);
	await appendFile(file, 'five\n');
	t.deepEqual(await next(), ['five']);
	await end();
});

test('with a text only the lines that hold it are passed on', async t => {
	const {file, next, end} = await follow(t, {start: 'a one\nb two\nA three\n', text: 'a'});
	t.deepEqual(await next(), ['a one', 'A three']);
	await appendFile(file, 'b four\na five\n');
	t.deepEqual(await next(), ['a five']);
	await end();
});

test('a line without an end is passed on in pieces, and of a long log only whole lines', async t => {
	const lines = Array.from({length: 100_000}, (_, index) => `line ${index}`);
	const {file, next, end} = await follow(t, {start: `${lines.join('\n')}\n`});
	t.deepEqual(await next(), lines.slice(-2));
	await appendFile(file, 'x'.repeat(100_000));
	t.is((await next()).join('').length, 100_000);
	await end();
});

test('what cannot be read rejects', async t => {
	const folder = await temporaryFolder(t);
	const {signal} = new AbortController();
	await t.throwsAsync(followLog(folder, {count: 1, add() {}, signal}), {code: 'EISDIR'} as object);
});
