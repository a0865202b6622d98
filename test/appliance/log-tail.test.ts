import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {lastLines} from '../../src/appliance/log-tail.js';
import {temporaryFolder} from '../helpers/sandbox.js';

test('the last lines of a log are shown, or those with a text, and nothing in them steers a terminal', async t => {
	const file = path.join(await temporaryFolder(t), 'service.log');
	t.deepEqual(await lastLines(file, 5), [], 'there is no log yet');
	await writeFile(file, 'one\ntwo\n\u001B[2Jthree\nFour\n');
	t.deepEqual(await lastLines(file, 2), ['\\x1b[2Jthree', 'Four']);
	t.deepEqual(await lastLines(file, 9, {text: 'fOUR'}), ['Four']);
	t.deepEqual(await lastLines(file, 9, {text: 'none'}), []);
});

test('what was logged before a mark is left out, unless the log has been rotated since', async t => {
	const file = path.join(await temporaryFolder(t), 'service.log');
	await writeFile(file, 'one\ntwo\n');
	t.deepEqual(await lastLines(file, 5, {from: 4}), ['two']);
	t.deepEqual(await lastLines(file, 5, {from: 8}), []);
	t.deepEqual(await lastLines(file, 5, {from: 9}), ['one', 'two']);
});

test('of a long log only the end is read, and no line that lost its start is shown', async t => {
	const file = path.join(await temporaryFolder(t), 'service.log');
	const lines = Array.from({length: 100_000}, (_, index) => `line ${index}`);
	await writeFile(file, `${lines.join('\n')}\n`);
	const shown = await lastLines(file, 1_000_000);
	t.true(shown.length > 1000 && shown.length < lines.length);
	t.deepEqual(shown, lines.slice(-shown.length));
});
