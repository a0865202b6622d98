import test from 'ava';
import {Problem} from '../../src/problem.js';
import type {Action} from '../../src/replay/action.js';
import {keySequence} from '../../src/replay/keys.js';
import {parseTape, type Include} from '../../src/replay/tape.js';

const plain = {ctrl: false, alt: false, shift: false};
const press = (key: string, times = 1, pause?: number): Action => ({do: 'press', chord: {key, ...plain}, times, pause});
const type = (text: string, pause?: number): Action => ({do: 'type', text, pause});

const read: Array<[line: string, ...actions: Action[]]> = [
	['Type "status"', type('status')],
	['Type \'say "yes"\'', type('say "yes"')],
	["Type `it's`", type("it's")],
	['Type "two"   "words"', type('two words')],
	['Type show certificates', type('show certificates')],
	['Type ""', type('')],
	['Type@50ms "slowly"', type('slowly', 50)],
	['Type "2" Enter', type('2'), press('Enter')],
	['Type word Enter 2 # a comment', type('word'), press('Enter', 2)],
	['Type "# no comment"', type('# no comment')],
	['Down 3', press('Down', 3)],
	['Left@500ms 5', press('Left', 5, 500)],
	['Escape', press('Escape')],
	['PageDown PageUp', press('PageDown'), press('PageUp')],
	['Ctrl+C', {do: 'press', chord: {...plain, key: 'C', ctrl: true}, times: 1, pause: undefined}],
	['Ctrl+@', {do: 'press', chord: {...plain, key: '@', ctrl: true}, times: 1, pause: undefined}],
	['Alt+Enter', {do: 'press', chord: {...plain, key: 'Enter', alt: true}, times: 1, pause: undefined}],
	['Ctrl+Alt+x', {do: 'press', chord: {...plain, key: 'x', ctrl: true, alt: true}, times: 1, pause: undefined}],
	['Wait', {do: 'wait', on: 'line', pattern: undefined, timeout: undefined}],
	['Wait />$/', {do: 'wait', on: 'line', pattern: '>$', timeout: undefined}],
	['Wait+Line /a\\/b/', {do: 'wait', on: 'line', pattern: 'a\\/b', timeout: undefined}],
	['Wait+Screen@10s /Main Menu/', {do: 'wait', on: 'screen', pattern: 'Main Menu', timeout: 10_000}],
	['Wait+Exit@2m', {do: 'wait-exit', timeout: 120_000}],
	['Sleep 500ms', {do: 'sleep', duration: 500}],
	['Sleep .5', {do: 'sleep', duration: 500}],
	['Sleep 2s', {do: 'sleep', duration: 2000}],
	['Screenshot main-menu', {do: 'screenshot', name: 'main-menu'}],
	['Screenshot "main menu.png"', {do: 'screenshot', name: 'main menu.png'}],
	['Resize 100 30', {do: 'resize', columns: 100, rows: 30}],
	['Set Width 100', {do: 'set', settings: {columns: 100}}],
	['Set Height 30', {do: 'set', settings: {rows: 30}}],
	['Set Width 1200', {do: 'set', settings: {}}],
	['Set Height 600', {do: 'set', settings: {}}],
	['Set WaitTimeout 1m', {do: 'set', settings: {waitTimeout: 60_000}}],
	['Set WaitPattern /done/', {do: 'set', settings: {waitPattern: 'done'}}],
	['Set TypingSpeed 0.1', {do: 'set', settings: {typingSpeed: 100}}],
	['Set ReadyMark false', {do: 'set', settings: {readyMark: false}}],
	['Set Theme "Catppuccin Mocha"'],
	['Set Theme { "name": "Whimsy", "black": "#535178" }'],
	['Set FontSize 22'],
	['Set LoopOffset 50%'],
	['Env TANOS_ROOT "/srv/a b"', {do: 'environment', name: 'TANOS_ROOT', value: '/srv/a b'}],
	['Set QuietTime 300ms', {do: 'set', settings: {quietTime: 300}}],
	['Output demo.cast', {do: 'output', file: 'demo.cast'}],
	['Require tanos', {do: 'require', program: 'tanos'}],
	['Hide', {do: 'hide'}],
	['Show', {do: 'show'}],
	['Copy "a text"', {do: 'copy', text: 'a text'}],
	['Paste', {do: 'paste'}],
	['Expect /ok/', {do: 'expect', on: 'screen', pattern: 'ok', isExpected: true}],
	['ExpectNot+Line /no/', {do: 'expect', on: 'line', pattern: 'no', isExpected: false}],
	['Secret PASSWORD Enter', {do: 'secret', name: 'PASSWORD'}, press('Enter')],
	['If /x/\nEnd', {do: 'if', on: 'screen', pattern: 'x'}, {do: 'end-if'}],
	['If+Line /x/\nEnd 1\n  End # here\nEnd', {do: 'if', on: 'line', pattern: 'x'}, press('End'), {do: 'end-if'}, press('End')],
	['Unchanged "a b"', {do: 'unchanged', path: 'a b'}],
	['   # only a comment'],
	[''],
];

for (const [line, ...actions] of read) {
	test(`reads: ${line}`, t => {
		const commands = parseTape(line, 'a.tape').commands.map(({line: _line, source: _source, ...action}) => action);
		t.deepEqual(commands, actions);
	});
}

const refused: Array<[tape: string, message: string]> = [
	['Type "ok"\nDwon 3', 'a.tape:2:1: found `Dwon`, expected a command'],
	['"lost"', 'a.tape:1:1: found `"lost"`, expected a command'],
	['Type', 'a.tape:1:5: found the end of the line, expected a text in quotes'],
	['Type 2', 'a.tape:1:6: found `2`, expected a text in quotes'],
	['Type "open', 'a.tape:1:6: found `"open`, expected the closing quote on the same line'],
	['Type@fast "x"', 'a.tape:1:6: found `fast`, expected a time such as @50ms or @2s'],
	['Down 0', 'a.tape:1:6: found `0`, expected a count from 1 to 9999'],
	['Down three', 'a.tape:1:6: found `three`, expected a command'],
	['Ctrl', 'a.tape:1:5: found the end of the line, expected a plus sign and one key, such as Ctrl+C or Shift+Tab'],
	['Ctrl+Dwon', 'a.tape:1:5: found `+Dwon`, expected a plus sign and one key, such as Ctrl+C or Shift+Tab'],
	['Wait+Buffer /x/', 'a.tape:1:6: found `Buffer`, expected Screen, Line or Exit after `Wait+`'],
	['Wait+Screen /open', 'a.tape:1:13: found `/open`, expected a pattern between slashes on the same line'],
	['Wait+Screen /(/', 'a.tape:1:13: found `/(/`, expected a regular expression'],
	['Sleep', 'a.tape:1:6: found the end of the line, expected a time such as 500ms or 2s'],
	['Sleep soon', 'a.tape:1:7: found `soon`, expected a time such as 500ms or 2s'],
	['Screenshot', 'a.tape:1:11: found the end of the line, expected the name of the picture'],
	['Resize 100', 'a.tape:1:11: found the end of the line, expected a number of rows (not pixels)'],
	['Set Width 0', 'a.tape:1:11: found `0`, expected a number of columns, or of pixels from 1 to 10000'],
	[
		'Set WaitTimeot 3s',
		'a.tape:1:5: found `WaitTimeot`, expected one of the settings Width, Height, WaitTimeout, WaitPattern, TypingSpeed, QuietTime, ReadyMark',
	],
	['Set ReadyMark 1', 'a.tape:1:15: found `1`, expected true or false'],
	['Env NAME', 'a.tape:1:5: found `NAME`, expected the name of a variable and its value in quotes'],
	['Env NAME value', 'a.tape:1:10: found `value`, expected a value in quotes'],
	['Source other.tape', 'a.tape:1:8: found `other.tape`, expected a tape from a file, which alone can include others'],
	['ScrollUp 3', 'a.tape:1:1: found `ScrollUp`, expected a command that is supported here'],
	['Output demo.gif', 'a.tape:1:8: found `demo.gif`, expected a file that ends in .cast, .txt, .ascii or .svg'],
	['Expect', 'a.tape:1:7: found the end of the line, expected a pattern such as /done/'],
	['Secret 1', 'a.tape:1:8: found `1`, expected the name of a secret'],
	['Enter\nIf /x/\nEnter', 'a.tape:2:1: found `If /x/`, expected a line with End after it'],
	['Enter\n\nSet Width 90', 'a.tape:3:1: found `Set Width 90` after line 1, expected it before the first command that the program sees'],
	['Wait /x/\nEnv A "b"', 'a.tape:2:1: found `Env A "b"` after line 1, expected it before the first command that the program sees'],
];

for (const [tape, message] of refused) {
	test(`refuses: ${tape.replaceAll('\n', ' | ')}`, t => {
		const problem = t.throws(() => parseTape(tape, 'a.tape'), {instanceOf: Problem});
		t.is(problem.code, 'tape-syntax');
		t.is(problem.message, message);
	});
}

test('a tape includes another one, relative to itself, and its commands have its name', t => {
	const texts: Record<string, string> = {'sub/b.tape': 'Enter\nSource c.tape', 'c.tape': 'Type "c"'};
	const include: Include = file => ({text: texts[file]!, include});
	const {commands} = parseTape('Source "sub/b.tape" Tab', 'a.tape', include);
	t.deepEqual(
		commands.map(({tape, line, source}) => [tape, line, source]),
		[
			['sub/b.tape', 1, 'Enter'],
			['c.tape', 1, 'Type "c"'],
			[undefined, 1, 'Tab'],
		],
	);
	t.throws(() => parseTape('Source a.tape', 'a.tape', () => ({text: 'Source a.tape', include: () => ({text: 'Dwon', include})})), {
		message: /^a\.tape:1:1: found `Dwon`/,
	});
	const endless: Include = () => ({text: 'Source a.tape', include: endless});
	t.throws(() => parseTape('Source a.tape', 'a.tape', endless), {message: /at most 10 tapes/});
});

test('a command has its line number and its source, even when it shares the line', t => {
	const {commands} = parseTape('# first\r\n\r\nType "2"  Enter 2 # go\r\n', 'a.tape');
	t.deepEqual(
		commands.map(({line, source}) => [line, source]),
		[
			[3, 'Type "2"'],
			[3, 'Enter 2'],
		],
	);
});

const sequences: Array<[chord: string, sequence: string]> = [
	['Enter', '\r'],
	['Tab', '\t'],
	['Space', ' '],
	['Backspace', '\u007F'],
	['Escape', '\u001B'],
	['Up', '\u001B[A'],
	['Down', '\u001B[B'],
	['Right', '\u001B[C'],
	['Left', '\u001B[D'],
	['Home', '\u001B[H'],
	['End', '\u001B[F'],
	['Insert', '\u001B[2~'],
	['Delete', '\u001B[3~'],
	['PageUp', '\u001B[5~'],
	['PageDown', '\u001B[6~'],
	['Ctrl+c', '\u0003'],
	['Ctrl+C', '\u0003'],
	['Ctrl+@', '\0'],
	['Ctrl+Space', '\0'],
	['Ctrl+[', '\u001B'],
	['Ctrl+?', '\u007F'],
	['Ctrl+Backspace', '\b'],
	['Alt+x', '\u001Bx'],
	['Alt+Enter', '\u001B\r'],
	['Ctrl+Alt+x', '\u001B\u0018'],
	['Shift+a', 'A'],
	['Shift+Tab', '\u001B[Z'],
	['Ctrl+Left', '\u001B[1;5D'],
	['Alt+Up', '\u001B[1;3A'],
	['Ctrl+Shift+End', '\u001B[1;6F'],
	['Ctrl+Delete', '\u001B[3;5~'],
];

for (const [chord, sequence] of sequences) {
	test(`${chord} sends what xterm sends`, t => {
		const [command] = parseTape(chord, 'a.tape').commands;
		t.is(command?.do === 'press' ? keySequence(command.chord) : '', sequence);
	});
}

test('a program that asks for application cursor keys gets them, unless a modifier is held', t => {
	t.is(keySequence({...plain, key: 'Up'}, true), '\u001BOA');
	t.is(keySequence({...plain, key: 'Up', ctrl: true}, true), '\u001B[1;5A');
	t.is(keySequence({...plain, key: 'Delete'}, true), '\u001B[3~');
});
