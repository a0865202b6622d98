import test from 'ava';
import {Cast} from '../../src/replay/cast.js';
import {cssColour} from '../../src/replay/palette.js';
import {renderSvg} from '../../src/replay/svg.js';
import {VirtualTerminal} from '../../src/replay/terminal.js';

async function show(text: string, columns = 20, rows = 2): Promise<VirtualTerminal> {
	const terminal = new VirtualTerminal(columns, rows);
	await terminal.write(text);
	return terminal;
}

async function picture(text: string): Promise<string> {
	const terminal = await show(text);
	return renderSvg(terminal.cells(), 'a picture');
}

test('the screen has every row without trailing blanks', async t => {
	const terminal = await show('one  \r\n  two', 10, 4);
	t.is(terminal.screen(), 'one\n  two\n\n');
	t.deepEqual(terminal.lines(), ['  two']);
	await terminal.write('\u001B[?25l');
	t.true(terminal.lines().length > 1, 'a program that hides the cursor may draw one anywhere');
	await terminal.write('\u001B[?25h');
	t.deepEqual(terminal.lines(), ['  two']);
	t.deepEqual(terminal.cursor, {column: 5, row: 1});
});

test('after scrolling the screen has the visible rows', async t => {
	const terminal = await show('one\r\ntwo\r\nthree', 10, 2);
	t.is(terminal.screen(), 'two\nthree');
});

test('a letter shows the attribute of each cell', async t => {
	const terminal = await show('a\u001B[1mb\u001B[0;2md\u001B[0;7mi\u001B[0;4mu\u001B[0;31mc\u001B[0;44mc\u001B[0;1;7;31mi\u001B[0mz');
	t.is(terminal.attributes(), '.bdiucci\n');
});

test('text in a picture cannot become markup', async t => {
	const svg = await picture('<b a="x">&amp;');
	t.true(svg.includes('>&lt;b a=&quot;x&quot;&gt;&amp;amp;</text>'));
	t.true(renderSvg([], '<x>').includes('<title>&lt;x&gt;</title>'));
});

test('a picture loads and runs nothing', async t => {
	const svg = await picture('\u001B[31mred\u001B[0m plain');
	t.notRegex(svg.replace('xmlns="http://www.w3.org/2000/svg"', ''), /https?:|url\(|href|<script|@import/);
});

test('a picture keeps bold, dim, italic, underlined and coloured text and its place', async t => {
	const svg = await picture('  \u001B[1mB\u001B[0;2mD\u001B[0;3mI\u001B[0;4mU\u001B[0;38;5;196mC\u001B[0;48;2;1;2;3mG');
	t.true(svg.includes('<text x="32.8" y="29" textLength="8.4" font-weight="bold">B</text>'));
	t.regex(svg, /opacity="0\.6">D</);
	t.regex(svg, /font-style="italic">I</);
	t.regex(svg, /text-decoration="underline">U</);
	t.regex(svg, /fill="#ff0000">C</);
	t.regex(svg, /<rect x="74\.8" y="16" width="8\.4" height="18" fill="#010203"\/>/);
});

test('inverse text swaps its colours with the background', async t => {
	const svg = await picture('\u001B[7mchosen');
	t.regex(svg, /<rect [^>]*fill="#d1d7e0"\/>/);
	t.regex(svg, /fill="#0d1117">chosen</);
});

test('hidden text is not in the picture', async t => {
	t.notRegex(await picture('\u001B[8msecret'), /secret/);
});

test('the lines of a box are drawn without gaps', async t => {
	const svg = await picture('┌─\r\n│x');
	t.true(svg.includes('M20.2 25L24.4 25M20.2 25L20.2 34M28.6 25L24.4 25M28.6 25L32.8 25'));
	t.true(svg.includes('M20.2 43L20.2 34M20.2 43L20.2 52'));
	t.regex(svg, />x<\/text>/);
	t.regex(await picture('╭╮'), /M24\.4 25Q20\.2 25 20\.2 34M24\.4 25Q28\.6 25 28\.6 34/);
});

test('a wide character takes two cells and the text after it keeps its place', async t => {
	const svg = await picture('日\u001B[1mx');
	t.true(svg.includes('textLength="16.8">日</text>'));
	t.true(svg.includes('<text x="32.8" y="29" textLength="8.4" font-weight="bold">x</text>'));
});

const colours: Array<[number | string, string]> = [
	[1, '#ff7b72'],
	[15, '#ffffff'],
	[16, '#000000'],
	[21, '#0000ff'],
	[67, '#5f87af'],
	[231, '#ffffff'],
	[232, '#080808'],
	[255, '#eeeeee'],
	['#123456', '#123456'],
];

for (const [colour, css] of colours) {
	test(`colour ${colour} of a terminal is ${css}`, t => {
		t.is(cssColour(colour), css);
	});
}

test('a recording has a header and one line for each event, with seconds since its start', t => {
	let now = 1000;
	const cast = new Cast(80, 24, 'a.tape', () => now);
	now += 1500;
	cast.output('hello\u001B]7717;ready;3\u0007');
	cast.output('\u001B]7717;ready;4\u0007');
	now += 0.25;
	cast.resize(100, 30);
	t.deepEqual(cast.text().split('\n'), [
		'{"version":2,"width":80,"height":24,"title":"a.tape","env":{"TERM":"xterm-256color"}}',
		'[1.5,"o","hello"]',
		'[1.50025,"r","100x30"]',
		'',
	]);
});
