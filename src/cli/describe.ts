// The help that is generated from the commands' definitions, in lines of at most 80 columns.
import wrapAnsi from 'wrap-ansi';
import {
	environmentVariables,
	exitCodeMeanings,
	helpOption,
	type ArgumentDefinition,
	type CommandDefinition,
	type OptionDefinition,
} from './definitions/definition.js';

const columns = 80;

/** Names of at most this many columns are printed beside their text, longer ones above it. */
const maxNameWidth = 22;

/** `--json`, or `-R` for a name of one letter. */
export function flagOf(name: string): string {
	return name.length === 1 ? `-${name}` : `--${name}`;
}

/** `-F, --config FILE`. */
export function optionLabel(name: string, {short, value}: OptionDefinition): string {
	const flags = short === undefined || name.length === 1 ? flagOf(name) : `-${short}, ${flagOf(name)}`;
	return value === undefined ? flags : `${flags} ${value}`;
}

/** The command as it is called: `tanos certificate check`. */
export function calledAs({name}: CommandDefinition): string {
	return name === '' ? 'tanos' : `tanos ${name}`;
}

/** The call in one short line: `tanos upload CRT KEY HOST... [OPTIONS]`. */
export function synopsis(definition: CommandDefinition): string {
	const optional = Object.entries(definition.options).some(([, {required}]) => !required);
	return [...requiredParts(definition), ...(optional ? ['[OPTIONS]'] : [])].join(' ');
}

/** The call with every option, broken between options. */
export function usageLines(definition: CommandDefinition): string[] {
	return wrapParts(usageParts(definition), columns - 2);
}

function usageParts(definition: CommandDefinition): string[] {
	const optional = Object.entries(definition.options)
		.filter(([, {required}]) => !required)
		.map(([name, {value, multiple}]) => `[${[flagOf(name), ...(value === undefined ? [] : [value])].join(' ')}]${multiple ? '...' : ''}`);
	return [...requiredParts(definition), ...optional];
}

function requiredParts(definition: CommandDefinition): string[] {
	const options = Object.entries(definition.options)
		.filter(([, {required}]) => required)
		.map(([name, {value, multiple}]) => [flagOf(name), ...(value === undefined ? [] : [value])].join(' ') + (multiple ? '...' : ''));
	return [calledAs(definition), ...definition.arguments.map(argument => argumentLabel(argument)), ...options];
}

/** `[COMMAND]...`. */
function argumentLabel({name, optional, multiple}: ArgumentDefinition): string {
	return (optional ? `[${name}]` : name) + (multiple ? '...' : '');
}

/** What `tanos help COMMAND` prints. */
export function describeCommand(definition: CommandDefinition): string[] {
	const options = {...definition.options, ...('h' in definition.options ? {} : helpOption)};
	return [
		...wrap(`${calledAs(definition)}: ${definition.summary}.`),
		...section(
			'Usage',
			usageLines(definition).map(line => `  ${line}`),
		),
		...definition.about.flatMap(paragraph => ['', ...wrap(paragraph)]),
		...section('Arguments', list(definition.arguments.map(({name, help}) => [name, help] as const))),
		...section('Options', listOptions(options)),
		...section(
			'Examples',
			definition.examples.flatMap(({line, does}) => [...wrap(does, 2), `    ${line}`]),
		),
	];
}

/** What an option does, and its default. */
export function helpWithDefault({help, default: byDefault, multiple}: OptionDefinition): string {
	return `${help}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}${multiple ? ' May be given more than once.' : ''}`;
}

/** What `tanos help` prints. */
export function describeProgram(definitions: readonly CommandDefinition[]): string[] {
	const [console, ...commands] = definitions;
	return [
		...wrap("tanos: the TanOS console, and the replacement of a Tanium Server's TLS certificate."),
		...section('Usage', [
			...list([
				['tanos [--root DIR]', `${console!.summary}. ${console!.about.join(' ')}`],
				['tanos COMMAND', 'Run one of the commands below.'],
				['tanos WORDS', 'Run a command of TanOS, as over SSH, such as: tanos soap status. More: tanos soap help.'],
			]),
		]),
		...section('Commands', list(commands.map(({name, summary}) => [name, `${summary}.`] as const))),
		...section('Options', listOptions({...console!.options, ...helpOption})),
		...section('Environment', list(environmentVariables)),
		...section('Exit codes', list(exitCodeMeanings)),
		'',
		'For more about a command: tanos help COMMAND',
	];
}

function listOptions(options: CommandDefinition['options']): string[] {
	return list(Object.entries(options).map(([name, option]) => [optionLabel(name, option), helpWithDefault(option)]));
}

function section(title: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}

/** Names with their texts beside them. */
function list(rows: ReadonlyArray<readonly [name: string, text: string]>): string[] {
	const width = Math.max(...rows.map(([name]) => name.length).filter(length => length <= maxNameWidth), 0) + 2;
	return rows.flatMap(([name, text]) => {
		const lines = wrap(text, width + 2);
		return name.length > maxNameWidth ? [`  ${name}`, ...lines] : [`  ${name.padEnd(width)}${lines[0]!.trimStart()}`, ...lines.slice(1)];
	});
}

function wrap(text: string, indent = 0): string[] {
	return wrapAnsi(text, columns - indent)
		.split('\n')
		.map(line => ' '.repeat(indent) + line);
}

/** Breaks lines between options, never between an option and its value. */
function wrapParts(parts: readonly string[], width: number): string[] {
	const lines = [parts[0]!];
	for (const part of parts.slice(1)) {
		const longer = `${lines.at(-1)!} ${part}`;
		if (longer.length > width) {
			lines.push(`    ${part}`);
		} else {
			lines[lines.length - 1] = longer;
		}
	}

	return lines;
}
