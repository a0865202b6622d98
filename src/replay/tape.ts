// The syntax of tapes: that of VHS (github.com/charmbracelet/vhs), where it has a meaning for a program that is judged by its
// screen. Width and Height are columns and rows here. Our own words are `Resize`, `Wait+Exit` and `Set ReadyMark`.
import {commandParsers, notPlayed} from './commands.js';
import type {Chord} from './keys.js';
import {Scanner} from './scanner.js';

/** What a tape can set. All times are milliseconds. */
export type Settings = {
	columns: number;
	rows: number;
	/** How long a Wait, and a key on its way to a console that is ready, may take. */
	waitTimeout: number;
	/** What a bare Wait waits for. */
	waitPattern: string;
	/** The pause between two characters in slow motion. */
	typingSpeed: number;
	/** Whether the program says when it is ready for the next key (src/console/ready-mark.ts). */
	readyMark: boolean;
};

export type Action =
	| {do: 'type'; text: string; pause: number | undefined}
	| {do: 'press'; chord: Chord; times: number; pause: number | undefined}
	| {do: 'wait'; on: 'line' | 'screen'; pattern: string | undefined; timeout: number | undefined}
	| {do: 'wait-exit'; timeout: number | undefined}
	| {do: 'sleep'; duration: number}
	| {do: 'screenshot'; name: string}
	| {do: 'resize'; columns: number; rows: number}
	| {do: 'set'; settings: Partial<Settings>}
	| {do: 'environment'; name: string; value: string};

/** One action of a tape, with the line and the words that ask for it. */
export type Command = Action & {line: number; source: string};

export type Tape = {name: string; commands: Command[]};

/**
 * Reads a tape. `name` is what messages call it, such as its file name. Words of VHS that mean nothing here (Output, Require,
 * Hide, Show, Set Theme and its like) are read and left out. Throws Problem `tape-syntax`, which says the place, what was found
 * there and what was expected.
 */
export function parseTape(text: string, name: string): Tape {
	const commands = text.split(/\r?\n/).flatMap((line, index) => parseLine(line, name, index + 1));
	refuseLateSettings(commands, name);
	return {name, commands};
}

function parseLine(text: string, name: string, line: number): Command[] {
	const scanner = new Scanner(text, `${name}:${line}`);
	const commands: Command[] = [];
	while (!scanner.done) {
		const start = scanner.position;
		const action = parseAction(scanner);
		if (action) {
			commands.push({...action, line, source: scanner.since(start)});
		}
	}

	return commands;
}

function parseAction(scanner: Scanner): Action | undefined {
	const start = scanner.position;
	const word = scanner.take(/[A-Za-z]\w*/)?.[0] ?? '';
	const parse = commandParsers[word];
	if (parse) {
		return parse(scanner, word);
	}

	const found = word === '' ? undefined : `\`${scanner.since(start)}\``;
	const reason = notPlayed[word];
	const expected = reason === undefined ? 'a command' : 'a command that is played here';
	return scanner.fail(expected, reason ?? `The commands are ${Object.keys(commandParsers).join(', ')}.`, found);
}

/** The program starts before the first key, so its terminal and its environment are settled by then. */
function refuseLateSettings(commands: Command[], name: string): void {
	const first = commands.findIndex(command => command.do !== 'set' && command.do !== 'environment');
	const late = commands.slice(Math.max(first, 0)).find(command => command.do === 'environment'
		|| (command.do === 'set' && (command.settings.columns !== undefined || command.settings.rows !== undefined)));
	if (first !== -1 && late) {
		new Scanner('', `${name}:${late.line}`).fail(
			'it above the first command that the program sees',
			late.do === 'set' ? 'A terminal that runs already is given another size with `Resize COLUMNS ROWS`.' : '',
			`\`${late.source}\` behind line ${commands[first]!.line}`,
		);
	}
}
