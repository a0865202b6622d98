import {quoted as quotedWith, type Entry, type OptionEntry} from './tree.js';

const engine = `
# Whether the words before the cursor are this command, with or without its arguments.
function __tanos_at
	set -l command
	set -l skip
	set -l words (commandline -opc)
	for word in $words[2..]
		if set -q skip[1]
			set skip
		else if contains -- $word $__tanos_value_options
			set skip yes
		else if string match -q -- '-*' $word
			continue
		else if contains -- (string join ' ' $command $word) $__tanos_commands
			set -a command $word
		else
			break
		end
	end
	test "$command" = "$argv[1]"
end
`;

/** The completion script for fish. */
export function fishCompletion(tree: readonly Entry[]): string {
	const valueOptions = new Set(
		tree
			.flatMap(({options}) => options)
			.filter(({takesValue}) => takesValue)
			.flatMap(({flags}) => flags),
	);
	const names = tree.map(({name}) => name).filter(name => name !== '');
	return [
		'# fish completion for tanos, made by: tanos completion fish',
		'',
		`set -g __tanos_commands ${names.map(name => quoted(name)).join(' ')}`,
		`set -g __tanos_value_options ${[...valueOptions].join(' ')}`,
		engine,
		'complete -c tanos -e',
		'complete -c tanos -f',
		...tree.flatMap(entry => linesOf(entry)),
		'',
	].join('\n');
}

function linesOf({name, words, options, arguments: kinds}: Entry): string[] {
	const start = `complete -c tanos -n ${quoted(`__tanos_at "${name}"`)}`;
	const lists = kinds.filter(kind => Array.isArray(kind)).flat();
	return [
		...words.map(([word, help]) => `${start} -a ${word} -d ${quoted(help)}`),
		...options.map(option => `${start} ${optionWords(option).join(' ')}`),
		...(lists.length === 0 ? [] : [`${start} -a ${quoted(lists.join(' '))}`]),
		...(kinds.includes('file') ? [`${start} -F`] : []),
	];
}

function optionWords({flags, takesValue, completes, help}: OptionEntry): string[] {
	const values = valueWords(completes);
	const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
	return [...names, ...(takesValue ? values : []), '-d', quoted(help)];
}

/** How fish completes the value of an option. */
function valueWords(completes: OptionEntry['completes']): string[] {
	if (completes === 'file') {
		return ['-r', '-F'];
	}

	const choices = completes === 'folder' ? '(__fish_complete_directories)' : Array.isArray(completes) ? completes.join(' ') : undefined;
	return choices === undefined ? ['-x'] : ['-x', '-a', quoted(choices)];
}

function quoted(text: string): string {
	return quotedWith(text, "\\'");
}
