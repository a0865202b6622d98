import type {Action, Place} from './action.js';
import {keyNames} from './keys.js';
import {parsePattern} from './pattern.js';
import type {Scanner} from './scanner.js';
import {parseSetting} from './settings.js';
import {countOf, durationOf, durationPattern, quotedText, sizeOf} from './values.js';

type ParseCommand = (scanner: Scanner, word: string) => Action | undefined;

/** One parser for each command, by its first word. A parser that returns undefined has skipped a command without effect. */
export const commandParsers: Record<string, ParseCommand> = {
	Type: parseType,
	...Object.fromEntries(keyNames.map(name => [name, parseKey])),
	Ctrl: parseChord,
	Alt: parseChord,
	Shift: parseChord,
	Wait: parseWait,
	Sleep: scanner => ({do: 'sleep', duration: durationOf(scanner.expect(durationPattern, 'a time such as 500ms or 2s'))}),
	Screenshot: scanner => ({do: 'screenshot', name: parseName(scanner, 'the name of the picture')}),
	Resize: scanner => ({do: 'resize', columns: sizeOf(scanner, 'columns'), rows: sizeOf(scanner, 'rows')}),
	Set: parseSetting,
	Env: parseEnvironment,
	Output: parseOutput,
	Require: scanner => ({do: 'require', program: parseName(scanner, 'a program')}),
	Hide: () => ({do: 'hide'}),
	Show: () => ({do: 'show'}),
	Copy: scanner => ({do: 'copy', text: quotedText(scanner) ?? scanner.fail('a text in quotes')}),
	Paste: () => ({do: 'paste'}),
	Expect: scanner => parseExpect(scanner, true),
	ExpectNot: scanner => parseExpect(scanner, false),
	Secret: scanner => ({do: 'secret', name: scanner.expect(/[A-Za-z_]\w*(?=\s|$)/, 'the name of a secret')[0]}),
	If: scanner => ({do: 'if', ...parseMatch(scanner)}),
	Unchanged: scanner => ({do: 'unchanged', path: parseName(scanner, 'a file or a folder')}),
};

/** Commands of VHS that are refused, and what to do instead. */
export const unsupportedCommands: Record<string, string> = {
	ScrollUp: 'Only the screen is checked; there is no scrollback.',
	ScrollDown: 'Only the screen is checked; there is no scrollback.',
	Subtitle: 'Use a comment.',
};

const modifier = /(?:\+(Ctrl|Alt|Shift)(?=\+))/;
const commandWords = ['Source', ...Object.keys(commandParsers), ...Object.keys(unsupportedCommands)].join('|');
const bareWord = new RegExp(`(?!(?:${commandWords})(?:\\s|$))[A-Za-z.][\\w.\\-/%]*(?=\\s|$)`);
const chordKey = new RegExp(`\\+(${keyNames.join('|')}|\\S)(?=\\s|$)`);

/** `Type "..."`: texts and bare words, joined by a space as in VHS. A bare word that is a command ends the text. */
function parseType(scanner: Scanner): Action {
	const pause = parseDelay(scanner);
	const texts: string[] = [];
	for (let text = parseText(scanner); text !== undefined; text = parseText(scanner)) {
		texts.push(text);
	}

	return texts.length === 0 ? scanner.fail('a text in quotes') : {do: 'type', text: texts.join(' '), pause};
}

function parseText(scanner: Scanner): string | undefined {
	return quotedText(scanner) ?? scanner.take(bareWord)?.[0];
}

function parseKey(scanner: Scanner, key: string): Action {
	return parseRepeat(scanner, {key, ctrl: false, alt: false, shift: false});
}

function parseChord(scanner: Scanner, word: string): Action {
	const held = new Set([word]);
	for (let next = scanner.take(modifier); next; next = scanner.take(modifier)) {
		held.add(next[1]!);
	}

	const key = scanner.expect(chordKey, 'a plus sign and one key, such as Ctrl+C or Shift+Tab')[1]!;
	return parseRepeat(scanner, {key, ctrl: held.has('Ctrl'), alt: held.has('Alt'), shift: held.has('Shift')});
}

function parseRepeat(scanner: Scanner, chord: Extract<Action, {do: 'press'}>['chord']): Action {
	const pause = parseDelay(scanner);
	return {do: 'press', chord, times: countOf(scanner) ?? 1, pause};
}

/** `@50ms` after a command: the pause between keys in slow motion, or the timeout of a Wait. */
function parseDelay(scanner: Scanner): number | undefined {
	return scanner.take(/@/) ? durationOf(scanner.expect(durationPattern, 'a time such as @50ms or @2s')) : undefined;
}

function parseWait(scanner: Scanner): Action {
	const on = scanner.take(/\+/) ? scanner.expect(/(Screen|Line|Exit)\b/, 'Screen, Line or Exit after `Wait+`')[0] : 'Line';
	const timeout = parseDelay(scanner);
	if (on === 'Exit') {
		return {do: 'wait-exit', timeout};
	}

	return {do: 'wait', on: on === 'Line' ? 'line' : 'screen', pattern: parsePattern(scanner), timeout};
}

function parseExpect(scanner: Scanner, isExpected: boolean): Action {
	return {do: 'expect', ...parseMatch(scanner), isExpected};
}

/** `/pattern/` for the screen, `+Line /pattern/` for the line of the cursor. */
function parseMatch(scanner: Scanner): {on: Place; pattern: string} {
	const on = scanner.take(/\+/) ? scanner.expect(/(Screen|Line)\b/, 'Screen or Line after the plus sign')[0] : 'Screen';
	return {on: on === 'Line' ? 'line' : 'screen', pattern: parsePattern(scanner) ?? scanner.fail('a pattern such as /done/')};
}

/** An output that is not made would be missed only later. */
function parseOutput(scanner: Scanner): Action {
	const file = parseName(scanner, 'a file');
	return /\.(?:cast|txt|ascii|svg)$/.test(file)
		? {do: 'output', file}
		: scanner.fail(
				'a file that ends in .cast, .txt, .ascii or .svg',
				'Videos are not made here. agg and svg-term make them of a .cast file.',
				`\`${file}\``,
			);
}

function parseEnvironment(scanner: Scanner): Action {
	const name = scanner.expect(/[A-Za-z_]\w*(?=\s)/, 'the name of a variable and its value in quotes')[0];
	return {do: 'environment', name, value: quotedText(scanner) ?? scanner.fail('a value in quotes')};
}

/** A name in quotes, or without blanks. */
export function parseName(scanner: Scanner, expected: string): string {
	return quotedText(scanner) ?? scanner.expect(/[^\s#]\S*/, expected)[0];
}
