import wrapAnsi from 'wrap-ansi';
import {
	environmentVariables,
	exitCodeMeanings,
	helpOption,
	type CommandDefinition,
	type OptionDefinition,
} from '../definitions/definition.js';
import {calledAs, helpWithDefault, optionLabel, usageLines} from '../describe.js';

/** The page docs/command-line.md: a table of all commands, and each with its arguments, options and examples. */
export function commandLinePage(definitions: readonly CommandDefinition[]): string {
	const [console, ...commands] = definitions;
	return [
		'<!-- Made by tools/reference.js from src/cli/definitions. Do not edit it. -->',
		'# The command line',
		'',
		...wrap(introduction(console!)),
		'',
		...table(
			['Command', 'Does'],
			commands.map(command => [linkTo(calledAs(command)), `${command.summary}.`]),
		),
		'',
		'## Options without a command',
		'',
		...optionTable({...console!.options, ...helpOption}),
		'',
		'## Exit codes',
		'',
		...table(['Code', 'Means'], exitCodeMeanings),
		'',
		'## Environment',
		'',
		...table(
			['Variable', 'Means'],
			environmentVariables.map(([name, help]) => [`\`${name}\``, help]),
		),
		...commands.flatMap(command => section(command)),
		'',
	].join('\n');
}

/** A link to the heading of a section. */
function linkTo(heading: string): string {
	return `[\`${heading}\`](#${heading.replaceAll(' ', '-')})`;
}

function introduction(console: CommandDefinition): string {
	return [
		`\`tanos\` without a command opens the console of the appliance. ${console.about.join(' ')} From a clone it is \`node bin/tanos.js\`.`,
		'`tanos help COMMAND` and the man pages say the same as this page. The words of the TanOS command line, such as `tanos soap status`,',
		'are commands as well; `tanos soap help` lists those that begin with `soap`. `tanos completion SHELL` completes all of them.',
	].join(' ');
}

function section(definition: CommandDefinition): string[] {
	const {about, arguments: all, options, examples} = definition;
	return [
		'',
		`## ${calledAs(definition)}`,
		'',
		`${definition.summary}.`,
		...about.flatMap(paragraph => ['', ...wrap(paragraph)]),
		'',
		'```',
		...usageLines(definition),
		'```',
		...(all.length === 0
			? []
			: [
					'',
					...table(
						['Argument', 'Means'],
						all.map(({name, help}) => [`\`${escape(name)}\``, help]),
					),
				]),
		...(Object.keys(options).length === 0 ? [] : ['', ...optionTable(options)]),
		'',
		...examples.map(({line, does}) => `* \`${line}\`: ${lowerFirst(does)}`),
	];
}

function optionTable(options: Readonly<Record<string, OptionDefinition>>): string[] {
	const rows = Object.entries(options).map(([name, option]) => [`\`${escape(optionLabel(name, option))}\``, helpWithDefault(option)]);
	return table(['Option', 'Means'], rows);
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
	return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`);
}

function wrap(paragraph: string): string[] {
	return wrapAnsi(paragraph, 130).split('\n');
}

/** A bar would end the cell. */
function escape(text: string): string {
	return text.replaceAll('|', '\\|');
}

function lowerFirst(text: string): string {
	return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
