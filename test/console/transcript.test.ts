import test from 'ava';
import stringWidth from 'string-width';
import {maxScroll, visibleRows, rowsOf, type Entry} from '../../src/console/transcript.js';

const texts = [
	'',
	' ',
	'one',
	'x'.repeat(300),
	'The Tanium Server is stopped for a moment: do this in a maintenance window.',
	'  sftp -P 2222 tancopy@127.0.0.1\n  sftp> put SOAPServer.crt /incoming/',
	`${' '.repeat(150)}far right`,
	'漢字'.repeat(40),
	'mixed 漢字 and 😀 words '.repeat(8),
	'👩‍👩‍👧 family',
	'e\u0301'.repeat(60),
	'tab\tseparated\tvalues',
	'a\r\nb\rc',
	'\u001B[31mred\u001B[0m\u001B[2J',
	'\u0007\u0000\u009B2J',
	'\u202Egnp.exe',
	'\u200B'.repeat(50),
	'\uD800',
	'a\u2028b',
	'\n\n\n',
];

function entriesWith(text: string): Entry[] {
	return [
		{kind: 'text', text, tone: 'plain'},
		{kind: 'answer', prompt: text, text},
		{kind: 'step', title: text, state: 'running', took: 0},
		{kind: 'step', title: text, state: 'done', took: 12},
		{kind: 'step', title: text, state: 'failed', took: 1_234_567},
		{kind: 'table', rows: [[text, 'one'], ['two', text, text], []], heads: true},
		{kind: 'table', rows: [[text, text, text, text, text, text]], heads: false},
		{kind: 'table', rows: [], heads: true},
	];
}

function textOf(entries: readonly Entry[], columns = 80): string[] {
	return rowsOf(entries, columns).map(({text}) => text);
}

function print(text: string): Entry {
	return {kind: 'text', text, tone: 'plain'};
}

test('no row is wider than the terminal, whatever was printed', t => {
	for (let columns = 10; columns <= 200; columns++) {
		for (const text of texts) {
			const widest = rowsOf(entriesWith(text), columns).find(row => stringWidth(row.text) > columns);
			t.is(widest, undefined, `${columns} columns: ${JSON.stringify(text)}`);
		}
	}
});

test('no row contains control characters', t => {
	for (const columns of [10, 37, 80]) {
		for (const text of texts) {
			t.notRegex(textOf(entriesWith(text), columns).join(''), /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202E\u200B]/u, JSON.stringify(text));
		}
	}
});

test('control characters are escaped', t => {
	t.deepEqual(textOf([print('a\u001B[2J')]), ['a\\x1b[2J']);
});

test('no letter is lost in wrapping', t => {
	const text = "Replaces the Tanium Server's certificate and key with SOAPServer.crt and SOAPServer.key from /incoming.";
	for (let columns = 10; columns <= 120; columns++) {
		t.is(
			textOf([print(text)], columns)
				.join('')
				.replaceAll(' ', ''),
			text.replaceAll(' ', ''),
		);
		t.is(
			textOf([{kind: 'step', title: text, state: 'running', took: 0}], columns)
				.join('')
				.replaceAll(' ', ''),
			text.replaceAll(' ', ''),
		);
	}
});

test('a wrapped line starts with a word and keeps the indentation of its first row', t => {
	t.deepEqual(textOf([print('hello world foo bar')], 11), ['hello world', 'foo bar']);
	t.deepEqual(textOf([print('  put one two three')], 12), ['  put one', '  two three']);
});

test('text stays readable on a wide terminal', t => {
	t.true(textOf([print('word '.repeat(100))], 200).every(text => text.length <= 100));
});

test('paragraphs are separated by an empty row, steps and answers are not', t => {
	const step = (title: string): Entry => ({kind: 'step', title, state: 'done', took: 0});
	const answer: Entry = {kind: 'answer', prompt: 'Go on?', text: 'yes'};
	t.deepEqual(
		textOf([print('a'), print('b'), step('c'), step('d'), answer, answer, print('e')], 30).map(text => text.trim().split(/ {2,}/)[0]),
		['a', '', 'b', '', 'done', 'done', '', 'Go on? yes', 'Go on? yes', '', 'e'],
	);
});

test('the title of a step stays in place when the step ends', t => {
	const rows = (['running', 'done', 'failed'] as const).map(
		state => rowsOf([{kind: 'step', title: 'Stop the server', state, took: 1234}], 50)[0]!,
	);
	t.deepEqual(
		rows.map(({text}) => text),
		['        Stop the server', `done    Stop the server${' '.repeat(21)}1.23 s`, `failed  Stop the server${' '.repeat(21)}1.23 s`],
	);
	t.deepEqual(
		rows.map(({tone, spinner}) => [tone, spinner]),
		[
			['plain', true],
			['plain', undefined],
			['bad', undefined],
		],
	);
});

test('the long title of a step is wrapped, and its duration stays in the first row', t => {
	t.deepEqual(textOf([{kind: 'step', title: 'Check both files, and that the key matches', state: 'done', took: 20}], 40), [
		'done    Check both files, and     0.02 s',
		'        that the key matches',
	]);
});

test('the columns of a table are aligned', t => {
	t.deepEqual(
		textOf([
			{
				kind: 'table',
				heads: true,
				rows: [
					['Name', 'State', 'Since'],
					['taniumserver', 'runs', 'now'],
					['漢字', 'off', '-'],
				],
			},
		]),
		['Name          State  Since', 'taniumserver  runs   now', '漢字          off    -'],
	);
});

test('only the heading of a table has a different tone', t => {
	const table = (heads: boolean) => rowsOf([{kind: 'table', heads, rows: [['a'], ['b']]}], 80).map(({tone}) => tone);
	t.deepEqual(table(true), ['heading', 'plain']);
	t.deepEqual(table(false), ['plain', 'plain']);
});

test('in a narrow table the widest column wraps first', t => {
	t.deepEqual(
		textOf(
			[
				{
					kind: 'table',
					heads: false,
					rows: [
						['1', 'Tanium Server', 'accepted the new certificate'],
						['2', 'patch', 'ok'],
					],
				},
			],
			32,
		),
		['1  Tanium Server  accepted the', '                  new', '                  certificate', '2  patch          ok'],
	);
});

test('a table with more columns than fit shows its cells one below the other', t => {
	t.deepEqual(
		textOf(
			[
				{
					kind: 'table',
					heads: false,
					rows: [
						['first cell', 'second cell', 'third cell'],
						['a', 'b', 'c'],
					],
				},
			],
			16,
		),
		['first cell', '  second cell', '  third cell', 'a', '  b', '  c'],
	);
});

const rows = rowsOf([print(Array.from({length: 30}, (_, number) => `row ${number + 1}`).join('\n'))], 80);
const sight = (room: number, scroll: number) => visibleRows(rows, room, scroll).map(({text}) => text);

test('the end of a conversation is visible, with the number of rows above', t => {
	t.deepEqual(sight(4, 0), ['... 27 more rows above: Page Up', 'row 28', 'row 29', 'row 30']);
	t.is(sight(30, 0).join(), rows.map(({text}) => text).join());
});

test('scrolled back, it shows the number of rows above and below', t => {
	t.deepEqual(sight(4, 10), ['... 17 more rows above: Page Up', 'row 18', 'row 19', '... 11 more rows below: Page Down']);
	t.deepEqual(sight(4, 26), ['row 1', 'row 2', 'row 3', '... 27 more rows below: Page Down']);
});

test('scrolled too far, it shows the beginning', t => {
	t.deepEqual(sight(4, 1000), sight(4, maxScroll(rows, 4)));
});

test('with less than three rows, only the rows are shown', t => {
	t.deepEqual(sight(2, 0), ['row 29', 'row 30']);
	t.deepEqual(sight(0, 0), []);
});

test('a fingerprint that is wider than a row is broken between bytes only', t => {
	const fingerprint = Array.from({length: 32}, (_, index) => index.toString(16).padStart(2, '0').toUpperCase()).join(':');
	for (const columns of [20, 31, 58, 80, 95, 200]) {
		const rows = rowsOf([{kind: 'text', text: `SHA-256 ${fingerprint}`, tone: 'plain'}], columns).map(({text}) => text);
		t.is(rows.join('').replace('SHA-256', '').trim(), fingerprint, String(columns));
		t.true(
			rows.every(row => /^(?:SHA-256)? ?(?:(?:[\dA-F]{2}:)*(?:[\dA-F]{2})?)$/.test(row)),
			rows.join('\n'),
		);
	}
});

test('a row of a table that reports a fault has the tone of one', t => {
	const rows = rowsOf(
		[
			{
				kind: 'table',
				heads: false,
				rows: [
					['1', 'ok'],
					['2', 'FAIL'],
				],
				bad: [1],
			},
		],
		80,
	);
	t.deepEqual(
		rows.map(({tone}) => tone),
		['plain', 'bad'],
	);
});
