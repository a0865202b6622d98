import test from 'ava';
import {sequenceOf, splitKeys, type Key} from '../../src/console/keys.js';
import {keysOf} from './typist.js';

const escape = '\u001B';

/** A key in one word: its name, or the text in quotes. */
function wordOf(key: Key): string {
	return key.name === 'text' ? `'${key.text}'` : key.name;
}

function words(input: string | Buffer, final = true): string {
	return splitKeys(Buffer.from(input as string), final)
		.keys.map(key => wordOf(key))
		.join(' ');
}

const table: Array<[what: string, input: string | Buffer, keys: string]> = [
	['letters and digits', 'a2', "'a' '2'"],
	['a carriage return and a line feed', '\r\n', 'enter enter'],
	['both bytes that terminals send for Backspace', '\u007F\b', 'backspace backspace'],
	['a tab', '\t', 'tab'],
	['control keys', '\u0003\u0004\u0015\u0017', 'ctrl-c ctrl-d ctrl-u ctrl-w'],
	['control keys without a meaning', '\u0000\u0001\u001F', 'other ctrl-a other'],
	['characters of two, three and four bytes', 'ß漢😀', "'ß' '漢' '😀'"],
	['arrows of the normal mode', `${escape}[A${escape}[B${escape}[C${escape}[D`, 'up down right left'],
	['arrows of the application mode (SS3)', `${escape}OA${escape}OB${escape}OC${escape}OD`, 'up down right left'],
	['arrows with modifiers', `${escape}[1;5A${escape}[1;2B`, 'up down'],
	[
		'Home and End of several terminals',
		`${escape}[H${escape}[1~${escape}[7~${escape}OH${escape}[F${escape}[4~${escape}[8~${escape}OF`,
		'home home home home end end end end',
	],
	['Page Up, Page Down and Delete', `${escape}[5~${escape}[6~${escape}[3~`, 'page-up page-down delete'],
	['Escape twice', escape + escape, 'escape escape'],
	['Escape, then a letter', `${escape}x`, "escape 'x'"],
	['Escape, then an arrow', `${escape}${escape}[A`, 'escape up'],
	['function keys', `${escape}OP${escape}[15~${escape}[24;2~`, 'other other other'],
	['function keys of the Linux console', `${escape}[[A${escape}[[E1`, "other other '1'"],
	['the marks around a paste', `${escape}[200~ab${escape}[201~`, "paste-start 'a' 'b' paste-end"],
	['an answer of the terminal', `${escape}[?1;2c${escape}[24;80R`, 'other other'],
	['a sequence with an intermediate byte', `${escape}[1 q`, 'other'],
	['a sequence that a control breaks off', `${escape}[1\r`, "other '1' enter"],
	['a byte that begins no character', Buffer.from([0xff, 0x41]), "other 'A'"],
	['a continuation byte alone', Buffer.from([0x80, 0x41]), "other 'A'"],
	['an overlong character', Buffer.from([0xc0, 0xaf, 0x41]), "other other 'A'"],
	['a surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80, 0x41]), "other 'A'"],
	['a character cut short by Enter', Buffer.from([0xe2, 0x82, 0x0d]), 'other other enter'],
	['a character cut short by Ctrl+C', Buffer.from([0xf0, 0x03]), 'other ctrl-c'],
	['a C1 control', '\u009B', 'other'],
	['a replacement character', '\uFFFD', 'other'],
];

for (const [what, input, keys] of table) {
	test(`${what}: ${keys}`, t => {
		t.is(words(input), keys);
		t.is(
			keysOf(input).reduce((sum, {bytes}) => sum + bytes, 0),
			Buffer.byteLength(input),
		);
	});
}

test('an incomplete key is held back, byte by byte', t => {
	for (const [whole, name] of [
		[`${escape}[5~`, 'page-up'],
		[`${escape}OA`, 'up'],
		['漢', "'漢'"],
		['😀', "'😀'"],
		[`${escape}[[A`, 'other'],
	] as const) {
		const bytes = Buffer.from(whole);
		for (let length = 1; length < bytes.length; length++) {
			const {keys, rest} = splitKeys(bytes.subarray(0, length), false);
			t.deepEqual(keys, []);
			t.deepEqual(rest, bytes.subarray(0, length));
		}

		t.is(words(bytes, false), name);
	}
});

test('a lone ESC byte is the Escape key only when nothing more follows', t => {
	t.is(words(escape, false), '');
	t.is(words(escape, true), 'escape');
});

test('an incomplete sequence is dropped when no more input follows', t => {
	t.is(words(`${escape}[1;`), 'other');
	t.is(words(Buffer.from([0xe2, 0x82])), 'other other');
});

test('a sequence is limited to 64 bytes', t => {
	const {keys, rest} = splitKeys(Buffer.from(`${escape}[${'1'.repeat(100)}`), false);
	t.is(wordOf(keys[0]!), 'other');
	t.is(keys.length, 101);
	t.is(rest.length, 0);
});

test('a hundred thousand keys in one read are all split', t => {
	const keys = keysOf('2\r'.repeat(50_000));
	t.is(keys.length, 100_000);
	t.is(wordOf(keys.at(-1)!), 'enter');
});

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
	let state = seed;
	return below => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

const pieces = [
	...table.map(([, input]) => Buffer.from(input as string)),
	...[0x1b, 0x5b, 0x4f, 0xe2, 0xf0, 0x0d, 0x41].map(byte => Buffer.from([byte])),
];

test('the keys are the same however the bytes are split into reads, and count every byte', t => {
	for (let seed = 1; seed <= 2000; seed++) {
		const random = randomNumbers(seed);
		const input = Buffer.concat(Array.from({length: 12}, () => pieces[random(pieces.length)]!));
		const cut: Key[] = [];
		let rest: Buffer = Buffer.alloc(0);
		for (let at = 0; at < input.length;) {
			const next = at + 1 + random(4);
			const split = splitKeys(Buffer.concat([rest, input.subarray(at, next)]), false);
			cut.push(...split.keys);
			rest = split.rest;
			at = next;
		}

		cut.push(...splitKeys(rest, true).keys);
		t.deepEqual(cut, keysOf(input), `seed ${seed}`);
		t.is(
			cut.reduce((sum, {bytes}) => sum + bytes, 0),
			input.length,
			`seed ${seed}`,
		);
	}
});

test('what is sent for a key is split into this key again', t => {
	const moves = 'up down left right home end page-up page-down';
	const keys = `enter backspace delete tab escape ${moves} ctrl-a ctrl-c ctrl-d ctrl-e ctrl-k ctrl-u ctrl-w`.split(' ');
	for (const name of keys as Array<Exclude<Key['name'], 'text' | 'paste'>>) {
		t.is(words(sequenceOf({name, bytes: 0})), name);
	}

	t.is(sequenceOf({name: 'text', text: '日', bytes: 3}), '日');
	t.is(sequenceOf({name: 'enter', bytes: 1}), '\r');
	t.is(sequenceOf({name: 'other', bytes: 1}) + sequenceOf({name: 'paste', keys: [], bytes: 0}), '');
});
