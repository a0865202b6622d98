import {exitCodes} from '../exit-codes.js';
import {print, UsageError} from './command.js';
import {consoleDefinition} from './definitions/programs.js';
import {definitions, definitionsOf} from './definitions/table.js';
import {help} from './help.js';
import {isTanosCommand, localCommand, tanosNames, wordsBeforeHelp} from './local-command.js';
import {parseCall} from './parse-call.js';
import {prepareForInk} from './prepare-for-ink.js';
import {suggestion} from './suggest.js';
import {version} from './version.js';

/** Runs words that begin with no command of `tanos`: its own options or words of TanOS. Rejects with UsageError for a mistake. */
export async function runOtherWords(words: readonly string[]): Promise<number> {
	const [first = '', second] = words;
	if (isTanosCommand(words)) {
		const asked = wordsBeforeHelp(words);
		return asked ? help(asked) : localCommand(words);
	}

	if (first.startsWith('-')) {
		return runProgram(words);
	}

	const group = definitionsOf(first).map(({name}) => name);
	if (group.length > 0 && second?.toLowerCase() === 'help' && words.length === 2) {
		return help([first]);
	}

	if (group.length > 0) {
		const known = group.map(name => name.slice(first.length + 1));
		throw new UsageError(
			second === undefined || second.startsWith('-')
				? `${first} needs one more word: ${known.join(', ')}.`
				: `There is no command ${first} ${second}. After ${first}: ${known.join(', ')}.${suggestion(second, known)}`,
		);
	}

	throw new UsageError(`There is no command ${first}.${suggestion(first, firstWords())}`);
}

async function runProgram(words: readonly string[]): Promise<number> {
	const {values} = parseCall(consoleDefinition, words);
	if (!values.version) {
		prepareForInk();
		return (await import('./console.js')).consoleCommand(values.root, values.cast);
	}

	print(version());
	return exitCodes.done;
}

function firstWords(): string[] {
	return [...new Set([...definitions.map(({name}) => name), ...tanosNames()].map(name => name.split(' ')[0]!))].filter(word => word !== '');
}
