// The man pages, in the language of mdoc(7).
import wrapAnsi from 'wrap-ansi';
import {
	environmentVariables,
	exitCodeMeanings,
	helpOption,
	type CommandDefinition,
	type OptionDefinition,
} from '../definitions/definition.js';
import {helpWithDefault} from '../describe.js';

/** The day of this release. A page must be the same whenever it is made. */
const date = 'November 26, 2026';

/** Of a line of the source, before dashes are escaped. */
const maxLineLength = 72;

const aboutWords =
	'The words of the TanOS command line are commands as well, the same as over SSH, such as soap status. '
	+ 'The words soap help list those that begin with soap.';

/** The name of a command's page, without its section: `tanos-certificate-check`. */
export function pageName({name}: CommandDefinition): string {
	return ['tanos', ...name.split(' ')].filter(word => word !== '').join('-');
}

/** The page of one command. */
export function manPage(definition: CommandDefinition, all: readonly CommandDefinition[]): string {
	return [
		...head(definition, definition.summary),
		'.Sh SYNOPSIS',
		...synopsisOf(definition),
		'.Sh DESCRIPTION',
		...text(`${definition.summary}.`),
		...definition.about.flatMap(paragraph => ['.Pp', ...text(paragraph)]),
		...argumentsOf(definition),
		...optionsOf(definition),
		'.Sh EXIT STATUS',
		...exitStatus(),
		'.Sh EXAMPLES',
		...examplesOf(definition),
		'.Sh SEE ALSO',
		...seeAlso(definition, all),
		'',
	].join('\n');
}

/** The page of `tanos` itself: what it is, and its commands. */
export function programPage(definitions: readonly CommandDefinition[]): string {
	const [console, ...commands] = definitions;
	return [
		...head(console!, "The TanOS console, and the replacement of a Tanium Server's TLS certificate"),
		'.Sh SYNOPSIS',
		...synopsisOf(console!),
		'.Nm',
		'.Ar COMMAND',
		'.Op Ar WORD ...',
		'.Sh DESCRIPTION',
		...text(`${console!.summary}. ${console!.about.join(' ')}`),
		...list(
			'The commands are:',
			commands.map(({name, summary}) => [`Cm ${name}`, `${summary}.`]),
		),
		'.Pp',
		...text(aboutWords),
		...optionsOf(console!),
		'.Sh ENVIRONMENT',
		...tagged(environmentVariables.map(([name, help]) => [`Ev ${name}`, help])),
		'.Sh EXIT STATUS',
		...exitStatus(),
		'.Sh SEE ALSO',
		...references(commands.map(command => pageName(command))),
		'',
	].join('\n');
}

function head(definition: CommandDefinition, summary: string): string[] {
	const name = pageName(definition);
	return [
		'.\\" Made by tools/reference.js from src/cli/definitions. Do not edit it.',
		`.Dd ${date}`,
		`.Dt ${name.toUpperCase()} 1`,
		'.Os',
		'.Sh NAME',
		`.Nm ${name}`,
		`.Nd ${escape(summary)}`,
	];
}

function synopsisOf({name, arguments: all, options}: CommandDefinition): string[] {
	return [
		'.Nm tanos',
		...(name === '' ? [] : [`.Cm ${name}`]),
		...all.map(({name: argument, optional, multiple}) => `${optional ? '.Op Ar' : '.Ar'} ${argument}${multiple ? ' ...' : ''}`),
		...Object.entries<OptionDefinition>(options).map(([option, definition]) => {
			const flag = flagsOf(option, {...definition, short: ''});
			return `${definition.required ? '.' : '.Op '}${flag}${definition.multiple ? ' ...' : ''}`;
		}),
	];
}

/** `Fl F , Fl -config Ar FILE`: a dash of its own is part of the macro. */
function flagsOf(name: string, {short = '', value}: OptionDefinition): string {
	const flags = name.length === 1 ? `Fl ${name}` : `${short === '' ? '' : `Fl ${short} , `}Fl -${name}`;
	return value === undefined ? flags : `${flags} Ar ${value}`;
}

function argumentsOf({arguments: all}: CommandDefinition): string[] {
	return all.length === 0
		? []
		: list(
				'The arguments are:',
				all.map(({name, help}) => [`Ar ${name}`, help]),
			);
}

function optionsOf({options}: CommandDefinition): string[] {
	const all = Object.entries<OptionDefinition>({...options, ...('h' in options ? {} : helpOption)});
	return list(
		'The options are:',
		all.map(([name, option]) => [flagsOf(name, option), helpWithDefault(option)]),
	);
}

type Rows = ReadonlyArray<readonly [tag: string, text: string]>;

function list(title: string, rows: Rows): string[] {
	return ['.Pp', title, ...tagged(rows)];
}

function tagged(rows: Rows): string[] {
	return ['.Bl -tag -width Ds', ...rows.flatMap(([tag, help]) => [`.It ${tag}`, ...text(help)]), '.El'];
}

function exitStatus(): string[] {
	return tagged(exitCodeMeanings);
}

function examplesOf({examples}: CommandDefinition): string[] {
	return examples.flatMap(({line, does}, index) => [...(index === 0 ? [] : ['.Pp']), ...text(does), `.Dl ${escape(line)}`]);
}

/** The program's page, and those of the commands that begin with the same word. */
function seeAlso(definition: CommandDefinition, all: readonly CommandDefinition[]): string[] {
	const group = definition.name.split(' ')[0];
	const alike = all.filter(({name}) => name !== definition.name && name.split(' ')[0] === group);
	return references(['tanos', ...alike.map(other => pageName(other))]);
}

function references(pages: readonly string[]): string[] {
	return pages.toSorted().map((page, index) => `.Xr ${page} 1${index === pages.length - 1 ? '' : ' ,'}`);
}

/** Each sentence on a line of its own, as mdoc wants it. */
function text(paragraph: string): string[] {
	return paragraph
		.split(/(?<=\.) (?=[A-Z%])/)
		.flatMap(line => wrapAnsi(line, maxLineLength).split('\n'))
		.map(line => escape(line));
}

/** A dot or a quote that begins a line would be a macro, and a dash would be a hyphen. */
function escape(line: string): string {
	return line
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replace(/^(?=[.'])/, '\\&');
}
