// Reads the words of a call by the command's definition. Node's own parser splits them; the checks are here, so that an error can
// name what is wrong, what was found and what was meant.
import {parseArgs} from 'node:util';
import {UsageError} from './command.js';
import {helpOption, type ArgumentDefinition, type CommandDefinition, type OptionDefinition} from './definitions/definition.js';
import {flagOf, synopsis} from './describe.js';
import {suggestion} from './suggest.js';

type ValueOf<Option> = Option extends {type: 'boolean'}
	? boolean
	: Option extends {multiple: true}
		? string[]
		: Option extends {default: string} | {required: true}
			? string
			: string | undefined;

type ArgumentOf<Argument> = Argument extends {multiple: true} ? string[] : Argument extends {optional: true} ? string | undefined : string;

/** The words of a call, by the names that the definition gives them. A boolean that is absent is false. */
export type Call<Definition extends CommandDefinition> = {
	values: {[Name in keyof Definition['options']]: ValueOf<Definition['options'][Name]>};
	arguments: {[Argument in Definition['arguments'][number] as Argument['name']]: ArgumentOf<Argument>};
};

type Given = {name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined};

/** Reads the words behind a command's name. Throws UsageError for words that it does not take. */
export function parseCall<const Definition extends CommandDefinition>(definition: Definition, words: readonly string[]): Call<Definition> {
	const {tokens} = parseArgs({args: [...words], options: parserOptions(definition), strict: false, allowPositionals: true, tokens: true});
	const given = tokens.filter(token => token.kind === 'option');
	const positionals = tokens.filter(token => token.kind === 'positional').map(({value}) => value);
	for (const option of given) {
		assertOption(definition, option);
	}

	assertComplete(definition, given);
	return {values: valuesOf(definition, given), arguments: argumentsOf(definition, positionals)} as Call<Definition>;
}

type ParserOption = {type: 'string' | 'boolean'; short?: string};

function parserOptions({options}: CommandDefinition): Record<string, ParserOption> {
	const entries = Object.entries<OptionDefinition>(options);
	return Object.fromEntries(entries.map(([name, {type, short}]) => [name, {type, ...(short !== undefined && {short})}]));
}

function assertOption(definition: CommandDefinition, {name, rawName, value, inlineValue}: Given): void {
	const option = Object.hasOwn(definition.options, name) ? definition.options[name] : undefined;
	if (option === undefined || (rawName.startsWith('--') && name.length === 1)) {
		throw wrong(definition, `There is no option ${rawName}.${suggestion(rawName, flagsOf(definition))}`);
	}

	if (option.type === 'boolean') {
		if (value !== undefined) {
			throw wrong(definition, `${rawName} takes no value, but has ${value}.`);
		}

		return;
	}

	if (value === undefined || (inlineValue === false && /^-./.test(value))) {
		const found = value === undefined ? '' : ` Found: ${value}. A value that starts with a dash is given as ${rawName}=VALUE.`;
		throw wrong(definition, `${rawName} needs a value: ${rawName} ${option.value}.${found}`);
	}

	assertChoice(definition, rawName, value, option.completes);
}

function flagsOf({options}: CommandDefinition): string[] {
	return Object.keys({...options, ...helpOption}).map(name => flagOf(name));
}

function assertChoice(definition: CommandDefinition, of: string, value: string, choices: ArgumentDefinition['completes']): void {
	if (Array.isArray(choices) && !choices.includes(value)) {
		throw wrong(definition, `${of} cannot be ${value}. Use one of: ${choices.join(', ')}.${suggestion(value, choices)}`);
	}
}

function assertComplete(definition: CommandDefinition, given: readonly Given[]): void {
	const names = new Set(given.map(({name}) => name));
	for (const [name, {required, value, help}] of Object.entries(definition.options)) {
		if (required && !names.has(name)) {
			throw wrong(definition, `${[flagOf(name), ...(value === undefined ? [] : [value])].join(' ')} is missing. ${help}`);
		}
	}

	const both = definition.exclusive?.filter(name => names.has(name)) ?? [];
	if (both.length > 1) {
		throw wrong(definition, `${both.map(name => flagOf(name)).join(' and ')} cannot be combined.`);
	}
}

function valuesOf({options}: CommandDefinition, given: readonly Given[]): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(options).map(([name, {type, multiple, default: byDefault}]) => {
			const values = given.filter(option => option.name === name).map(({value}) => value);
			return [name, type === 'boolean' ? values.length > 0 : multiple ? values : (values.at(-1) ?? byDefault)];
		}),
	);
}

/** Optional arguments are filled from the left, with the words that the required ones leave. */
function argumentsOf(definition: CommandDefinition, words: readonly string[]): Record<string, unknown> {
	const rest = [...words];
	let needed = definition.arguments.filter(({optional}) => !optional).length;
	const entries = definition.arguments.map(argument => {
		const {name, optional, multiple, completes} = argument;
		needed -= optional ? 0 : 1;
		const taken = rest.splice(0, multiple ? rest.length : optional && rest.length <= needed ? 0 : 1);
		if (taken.length === 0 && !optional) {
			throw wrong(definition, `${name} is missing. ${argument.help}`);
		}

		for (const word of taken) {
			assertChoice(definition, name, word, completes);
		}

		return [name, multiple ? taken : taken[0]];
	});
	if (rest.length > 0) {
		throw wrong(definition, `${rest.join(' ')}: nothing may follow here.`);
	}

	return Object.fromEntries(entries) as Record<string, unknown>;
}

function wrong(definition: CommandDefinition, message: string): UsageError {
	return new UsageError(message, `Usage: ${synopsis(definition)}`);
}
