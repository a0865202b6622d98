import {kindOf, quoted, type Entry} from './tree.js';

const engine = String.raw`
_tanos() {
	local command= kind= more= word=
	local -a arguments options subcommands
	local -A values
	local -i count=0 index
	_tanos_at ''
	for ((index = 2; index < CURRENT; index++)); do
		word=${'$'}{words[index]}
		if [[ -n $kind ]]; then
			kind=
		elif [[ $word == -*=* ]]; then
			continue
		elif [[ $word == -* ]]; then
			kind=${'$'}{values[$word]}
		elif ((count == 0 && ${'$'}{subcommands[(I)$word:*]} > 0)); then
			command=${'$'}{command:+$command }$word
			_tanos_at $command
		else
			((count += 1))
		fi
	done

	word=${'$'}{words[CURRENT]}
	if [[ -z $kind && $word == --*=* ]]; then
		kind=${'$'}{values[${'$'}{word%%=*}]}
		compset -P '*='
	elif [[ -z $kind && $word == -* ]]; then
		_describe -o option options
		return
	elif [[ -z $kind ]]; then
		((count == 0 && $#subcommands > 0)) && _describe command subcommands
		kind=${'$'}{arguments[count + 1]:-$more}
	fi

	case $kind in
	file) _files ;;
	folder) _files -/ ;;
	words:*) compadd -- ${'$'}{(s:,:)kind#words:} ;;
	esac
}

# Called as a function of fpath, or read by source.
if [[ ${'$'}{funcstack[1]} == _tanos ]]; then
	_tanos "$@"
else
	compdef _tanos tanos
fi
`;

/** The completion script for zsh. */
export function zshCompletion(tree: readonly Entry[]): string {
	return [
		'#compdef tanos',
		'# zsh completion for tanos, made by: tanos completion zsh',
		'',
		'# Sets what may follow behind these words.',
		'_tanos_at() {',
		'\tmore= arguments=() options=() subcommands=() values=()',
		'\tcase $1 in',
		...tree.map(
			entry =>
				`\t${quoted(entry.name)})\n${assignments(entry)
					.map(line => `\t\t${line}\n`)
					.join('')}\t\t;;`,
		),
		'\tesac',
		'}',
		engine,
	].join('\n');
}

function assignments({words, options, arguments: kinds, repeats}: Entry): string[] {
	const described = (word: string, help: string) => quoted(`${word}:${help.replaceAll(':', '\\:')}`);
	const withValue = options.filter(({takesValue}) => takesValue);
	const values = withValue.flatMap(({flags, completes}) => flags.map(flag => `${flag} ${quoted(kindOf(completes))}`));
	return [
		...(words.length === 0 ? [] : [`subcommands=(${words.map(([word, help]) => described(word, help)).join(' ')})`]),
		`options=(${options.flatMap(({flags, help}) => flags.map(flag => described(flag, help))).join(' ')})`,
		...(values.length === 0 ? [] : [`values=(${values.join(' ')})`]),
		...(kinds.length === 0 ? [] : [`arguments=(${kinds.map(kind => quoted(kindOf(kind))).join(' ')})`]),
		...(repeats ? [`more=${quoted(kindOf(kinds.at(-1)))}`] : []),
	];
}
