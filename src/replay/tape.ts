// The syntax of tapes is that of VHS (github.com/charmbracelet/vhs), as far as it applies to a test that checks the screen. Width
// and Height are columns and rows. Additions: `Resize`, `Wait+Exit`, `Set ReadyMark`, `Set QuietTime`, `Expect`, `ExpectNot`, `Secret`,
// `Unchanged`, and `If` with `End`.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Problem} from '../problem.js';
import type {Action} from './action.js';
import {commandParsers, parseName, unsupportedCommands} from './commands.js';
import {Scanner} from './scanner.js';

/** One action of a tape, with its line number and its source text. */
export type Command = Action & {
	line: number;
	source: string;
	/** The name of the tape that it is in, when another one includes it by `Source`. */
	tape?: string;
};

export type Tape = {name: string; commands: Command[]};

/** Finds the text of a tape that is included. */
export type Include = (file: string) => {text: string; include: Include};

/** Tapes that include each other have no end. */
const maxDepth = 10;

/**
 * Reads a tape. `name` is its name in messages, such as its file name. Commands of VHS that have no effect here (Set Theme and so on)
 * are skipped. Throws Problem `tape-syntax` with the place, what was found there and what was expected.
 */
export function parseTape(text: string, name: string, include?: Include): Tape {
	const commands = parseCommands(text, {name, include, depth: 0});
	assertSettingsFirst(commands, name);
	return {name, commands};
}

/** Reads a tape and those that it includes, from files. Throws Problem `no-script` for one that cannot be read, or `tape-syntax`. */
export function readTape(file: string): Tape {
	const {text, include} = includedFrom('')(file);
	return parseTape(text, path.basename(file), include);
}

function includedFrom(folder: string): Include {
	return named => {
		const file = path.resolve(folder, named);
		try {
			return {text: readFileSync(file, 'utf8'), include: includedFrom(path.dirname(file))};
		} catch (error) {
			throw new Problem('no-script', `${named} cannot be read.`, 'Name a keystroke script.', {cause: error});
		}
	};
}

type Source = {name: string; include: Include | undefined; depth: number};

function parseCommands(text: string, source: Source): Command[] {
	const open: Command[] = [];
	const commands = text.split(/\r?\n/).flatMap((line, index) => {
		const place = `${source.name}:${index + 1}`;
		if (open.length > 0 && /^\s*End\s*(?:#.*)?$/.test(line)) {
			open.pop();
			return [{do: 'end-if' as const, line: index + 1, source: 'End'}];
		}

		const found = parseLine(new Scanner(line, place), index + 1, source);
		open.push(...found.filter(command => command.do === 'if' && command.tape === undefined));
		return found;
	});
	const [first] = open;
	if (first) {
		new Scanner('', `${source.name}:${first.line}`).fail('a line with End after it', '', `\`${first.source}\``);
	}

	return commands;
}

function parseLine(scanner: Scanner, line: number, source: Source): Command[] {
	const commands: Command[] = [];
	while (!scanner.done) {
		if (scanner.take(/Source(?=\s)/)) {
			commands.push(...parseIncluded(scanner, source));
			continue;
		}

		const start = scanner.position;
		const action = parseAction(scanner);
		if (action) {
			commands.push({...action, line, source: scanner.since(start)});
		}
	}

	return commands;
}

function parseIncluded(scanner: Scanner, {include, depth}: Source): Command[] {
	const file = parseName(scanner, 'a tape');
	if (include === undefined || depth === maxDepth) {
		const reason =
			include === undefined ? 'a tape from a file, which alone can include others' : `at most ${maxDepth} tapes within each other`;
		return scanner.fail(reason, '', `\`${file}\``);
	}

	const included = include(file);
	return parseCommands(included.text, {name: file, include: included.include, depth: depth + 1}).map(command => ({tape: file, ...command}));
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

/** Commands that the program does not see. */
const beforeStart = new Set(['set', 'environment', 'require', 'output', 'copy', 'hide', 'show']);

/** The program starts before the first key, so its terminal and its environment are fixed by then. */
function assertSettingsFirst(commands: Command[], name: string): void {
	const first = commands.findIndex(command => !beforeStart.has(command.do));
	const late = commands
		.slice(Math.max(first, 0))
		.find(
			command =>
				command.do === 'environment'
				|| (command.do === 'set' && (command.settings.columns !== undefined || command.settings.rows !== undefined)),
		);
	if (first !== -1 && late) {
		new Scanner('', `${late.tape ?? name}:${late.line}`).fail(
			'it before the first command that the program sees',
			late.do === 'set' ? 'To change the size of a running terminal, use `Resize COLUMNS ROWS`.' : '',
			`\`${late.source}\` after line ${commands[first]!.line}`,
		);
	}
}
