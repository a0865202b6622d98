// The syntax of tapes is that of VHS (github.com/charmbracelet/vhs), as far as it applies to a test that checks the screen. Width
// and Height are columns and rows. `Resize`, `Wait+Exit` and `Set ReadyMark` are additions.
import type {Action} from './action.js';
import {commandParsers, unsupportedCommands} from './commands.js';
import {Scanner} from './scanner.js';

/** One action of a tape, with its line number and its source text. */
export type Command = Action & {line: number; source: string};

export type Tape = {name: string; commands: Command[]};

/**
 * Reads a tape. `name` is its name in messages, such as its file name. Commands of VHS that have no effect here
 * (Output, Require, Hide, Show, Set Theme and so on) are skipped. Throws Problem `tape-syntax` with the place, what was found
 * there and what was expected.
 */
export function parseTape(text: string, name: string): Tape {
	const commands = text.split(/\r?\n/).flatMap((line, index) => parseLine(line, name, index + 1));
	assertSettingsFirst(commands, name);
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
	const reason = unsupportedCommands[word];
	const expected = reason === undefined ? 'a command' : 'a command that is supported here';
	return scanner.fail(expected, reason ?? `The commands are ${Object.keys(commandParsers).join(', ')}.`, found);
}

/** The program starts before the first key, so its terminal and its environment are fixed by then. */
function assertSettingsFirst(commands: Command[], name: string): void {
	const first = commands.findIndex(command => command.do !== 'set' && command.do !== 'environment');
	const late = commands
		.slice(Math.max(first, 0))
		.find(
			command =>
				command.do === 'environment'
				|| (command.do === 'set' && (command.settings.columns !== undefined || command.settings.rows !== undefined)),
		);
	if (first !== -1 && late) {
		new Scanner('', `${name}:${late.line}`).fail(
			'it before the first command that the program sees',
			late.do === 'set' ? 'To change the size of a running terminal, use `Resize COLUMNS ROWS`.' : '',
			`\`${late.source}\` after line ${commands[first]!.line}`,
		);
	}
}
