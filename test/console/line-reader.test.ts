import {PassThrough} from 'node:stream';
import test from 'ava';
import {LineReader} from '../../src/console/line-reader.js';

function typing({echo = false} = {}) {
	const input = new PassThrough();
	const shown = new PassThrough();
	const reader = new LineReader(input, echo ? {echo: shown} : {});
	return {input, reader, echoed: () => (shown.read() as Buffer | null)?.toString() ?? ''};
}

test('lines are read one by one, with any line ending and in any chunks', async t => {
	const {input, reader} = typing();
	for (const piece of ['one\ntw', 'o\r', '\nthree\rfo', 'ur\r\n', '\n', 'füñf€'.slice(0, 3), '\n']) {
		input.write(piece);
	}

	const lines = [];
	for (let count = 0; count < 6; count++) {
		lines.push(await reader.next());
	}

	t.deepEqual(
		lines,
		['one', 'two', 'three', 'four', '', 'füñ'].map(line => ({line})),
	);
});

test('a character that arrives in two chunks is read as one', async t => {
	const {input, reader} = typing();
	const bytes = Buffer.from('€\n');
	input.write(bytes.subarray(0, 1));
	input.write(bytes.subarray(1));
	t.deepEqual(await reader.next(), {line: '€'});
});

test('a last line without a line ending is read, and then undefined', async t => {
	const {input, reader} = typing();
	input.end('yes');
	t.deepEqual(await reader.next(), {line: 'yes'});
	t.is(await reader.next(), undefined);
	t.true(reader.ended);
});

test('typed characters are echoed, erased ones removed, and secrets never shown', async t => {
	const {input, reader, echoed} = typing({echo: true});
	const line = reader.next();
	input.write('ab\u007Fc\u0015d\r');
	t.deepEqual(await line, {line: 'd'});
	t.is(echoed(), 'ab\b \bc\b \b\b \bd\r\n');
	const secret = reader.next({secret: true});
	input.write('geheim\u007F\r');
	t.deepEqual(await secret, {line: 'gehei'});
	t.is(echoed(), '\r\n');
});

test('what is typed ahead is echoed when it is asked for, and never if it is a secret', async t => {
	const {input, reader, echoed} = typing({echo: true});
	input.write('one\rgeheim\r\u0003two');
	t.is(echoed(), '');
	t.deepEqual(await reader.next(), {line: 'one'});
	t.deepEqual(await reader.next({secret: true}), {line: 'geheim'});
	t.is(await reader.next(), 'cancelled');
	const last = reader.next();
	input.write('!\r');
	t.deepEqual(await last, {line: 'two!'});
	t.is(echoed(), 'one\r\n\r\n^C\r\ntwo!\r\n');
});

test('Ctrl+C cancels, and Ctrl+D on an empty line ends the input', async t => {
	const {input, reader} = typing({echo: true});
	input.write('half\u0003');
	t.is(await reader.next(), 'cancelled');
	input.write('x\u0004\u007F\u0004');
	t.is(await reader.next(), undefined);
	t.true(reader.ended);
});

test('only the start of a megabyte without a line ending is kept', async t => {
	const {input, reader} = typing();
	input.write(`${'x'.repeat(1_000_000)}\n`);
	const entered = await reader.next();
	t.true(typeof entered === 'object' && entered.line.length === 8192);
});

test('at a terminal a line that was not entered is discarded', async t => {
	const {input, reader} = typing({echo: true});
	const line = reader.next();
	input.write('YES');
	input.end();
	t.is(await line, undefined);
});

test('giveUp discards a line that was not entered', async t => {
	const {input, reader} = typing();
	const line = reader.next();
	const arrived = new Promise<void>(resolve => {
		reader.subscribe(resolve);
	});
	input.write('YES');
	await arrived;
	reader.giveUp();
	t.is(await line, undefined);
	t.true(reader.ended);
});
