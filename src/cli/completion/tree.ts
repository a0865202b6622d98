// What can follow at each point of a command line, for all shells: the commands of `tanos` and the words of TanOS as one tree.
import {commands as tanosCommands} from '../../tanos-commands/table.js';
import {helpOption, rootOption, type CommandDefinition, type Completion, type OptionDefinition} from '../definitions/definition.js';
import {definitions} from '../definitions/table.js';
import {flagOf} from '../describe.js';

export type OptionEntry = {
	/** `--config` and `-F`. */
	flags: string[];
	takesValue: boolean;
	completes: Completion | undefined;
	help: string;
};

export type Entry = {
	/** The words before this point; none at the start. */
	name: string;
	/** Words that may follow, with what they do. */
	words: Array<[word: string, help: string]>;
	options: OptionEntry[];
	/** What each argument is completed with. */
	arguments: Array<Completion | undefined>;
	/** Whether the last argument may be repeated. */
	repeats: boolean;
};

/** The words that may follow every command of TanOS. */
const tanosWords = ['json', 'help'];

/** Every point of a command line, from `tanos` itself to each command. */
export function completionTree(): Entry[] {
	const ofTanos = tanosCommands.map(({name, purpose}): CommandDefinition => ({
		name,
		summary: purpose,
		about: [],
		options: rootOption,
		examples: [],
		arguments: [{name: 'WORD', help: '', multiple: true, completes: tanosWords}],
	}));
	const ofHelp = definitions
		.filter(({name}) => name !== '')
		.map(({name, summary}): CommandDefinition => ({
			name: `help ${name}`,
			summary,
			about: [],
			options: {},
			examples: [],
			arguments: [],
		}));
	const all = [...definitions, ...ofHelp, ...ofTanos];
	return [...namesOf(all)].map(name => entryOf(name, all));
}

/** `certificate check` is reached through `certificate`. */
function namesOf(all: readonly CommandDefinition[]): Set<string> {
	return new Set(
		all.flatMap(({name}) => {
			const words = name.split(' ');
			return ['', ...words.map((_, index) => words.slice(0, index + 1).join(' '))];
		}),
	);
}

function entryOf(name: string, all: readonly CommandDefinition[]): Entry {
	const own = all.find(definition => definition.name === name);
	const options = {...own?.options, ...(own && 'h' in own.options ? {} : helpOption)};
	return {
		name,
		words: wordsBehind(name, all),
		options: Object.entries<OptionDefinition>(options).map(([option, definition]) => optionEntry(option, definition)),
		arguments: own?.arguments.map(({completes}) => completes) ?? [],
		repeats: own?.arguments.at(-1)?.multiple ?? false,
	};
}

function optionEntry(name: string, {short, type, completes, help}: OptionDefinition): OptionEntry {
	const flags = short === undefined || name.length === 1 ? [flagOf(name)] : [flagOf(name), `-${short}`];
	return {flags, takesValue: type === 'string', completes, help};
}

function wordsBehind(name: string, all: readonly CommandDefinition[]): Array<[string, string]> {
	const start = name === '' ? '' : `${name} `;
	const behind = all.filter(definition => definition.name.startsWith(start) && definition.name !== name);
	const words = new Set(behind.map(definition => definition.name.slice(start.length).split(' ')[0]!));
	return [...words].map(word => [word, helpOnWord(start + word, behind)]);
}

/** A command's summary; for a word that several commands begin with, the words that may follow it. */
function helpOnWord(name: string, behind: readonly CommandDefinition[]): string {
	const deeper = behind.map(definition => definition.name).filter(other => other.startsWith(`${name} `));
	return behind.find(definition => definition.name === name)?.summary ?? deeper.map(other => other.slice(name.length + 1)).join(', ');
}

/** How a value is completed, as one word for the scripts: `file`, `folder`, `text`, or `words:one,two`. */
export function kindOf(completes: Completion | undefined): string {
	return Array.isArray(completes) ? `words:${completes.join(',')}` : typeof completes === 'string' ? completes : 'text';
}
