import {exitCodes} from '../exit-codes.js';
import {commandFor, commands} from '../tanos-commands/table.js';
import {helpFor, helpOn} from '../tanos-commands/help.js';
import {print, UsageError, type Command} from './command.js';
import {describeCommand, describeProgram} from './describe.js';
import {definitions, definitionsOf} from './definitions/table.js';
import {commandNameIn, withProgramName} from './loaders.js';
import {suggestion} from './suggest.js';

/** `tanos help [COMMAND]`, also for a group of commands and for the words of TanOS. Rejects with UsageError for anything else. */
export const help: Command = async words => {
	print(...helpOnWords(withProgramName(words)));
	return exitCodes.done;
};

function helpOnWords(words: readonly string[]): string[] {
	const [first = ''] = words;
	const name = commandNameIn(words);
	if (name !== undefined) {
		return describeCommand(definitions.find(definition => definition.name === name)!);
	}

	if (first === '' || first.startsWith('-')) {
		return describeProgram(definitions);
	}

	const tanosCommand = commandFor(words)?.command;
	const found = tanosCommand ? helpOn(tanosCommand) : helpOnGroup(words);
	if (found) {
		return found;
	}

	const names = [...definitions, ...commands].map(definition => definition.name).filter(known => known !== '');
	const groups = names.map(known => known.split(' ')[0]!);
	throw new UsageError(`There is no command ${words.join(' ')}.${suggestion(words.join(' '), [...names, ...groups])}`);
}

/** The commands that begin with one word, such as `certificate` or `soap`. */
function helpOnGroup([first = '', ...more]: readonly string[]): string[] | undefined {
	const ofTanos = commands.filter(({name}) => name.split(' ')[0] === first.toLowerCase());
	const group = definitionsOf(first);
	if (more.length > 0 || (group.length === 0 && ofTanos.length === 0)) {
		return undefined;
	}

	return group.length > 0
		? group.flatMap((definition, index) => [...(index === 0 ? [] : ['']), ...describeCommand(definition)])
		: helpFor(ofTanos, 'tanadmin');
}
