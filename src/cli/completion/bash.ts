import {kindOf, quoted, type Entry} from './tree.js';

const engine = String.raw`
_tanos() {
	local cur=${'$'}{COMP_WORDS[COMP_CWORD]} command= kind= more= options= values= word= words=
	local -a arguments=()
	local -i count=0 index
	COMPREPLY=()
	[[ $cur == = ]] && cur= # --root=DIR arrives as three words.
	_tanos_at ''
	for ((index = 1; index < COMP_CWORD; index++)); do
		word=${'$'}{COMP_WORDS[index]}
		if [[ $word == = ]]; then
			continue
		elif [[ $kind ]]; then
			kind=
		elif [[ $word == -* ]]; then
			[[ $values == *" $word="* ]] && kind=${'$'}{values#*" $word="} && kind=${'$'}{kind%% *}
		elif ((count == 0)) && [[ " $words " == *" $word "* ]]; then
			command=${'$'}{command:+$command }$word
			_tanos_at "$command"
		else
			count+=1
		fi
	done

	if [[ ! $kind && $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
		return
	fi

	if [[ ! $kind ]]; then
		((count == 0)) && [[ $words ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		kind=${'$'}{arguments[count]:-$more}
	fi

	case $kind in
	file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	words:*) kind=${'$'}{kind#words:}; mapfile -t -O ${'$'}{#COMPREPLY[@]} COMPREPLY < <(compgen -W "${'$'}{kind//,/ }" -- "$cur") ;;
	esac
}

complete -F _tanos tanos
`;

/** The completion script for bash. */
export function bashCompletion(tree: readonly Entry[]): string {
	return [
		'# bash completion for tanos, made by: tanos completion bash',
		'',
		'# Sets what may follow behind these words.',
		'_tanos_at() {',
		'\twords= options= values= more=',
		'\targuments=()',
		'\tcase $1 in',
		...tree.map(entry => `\t${quoted(entry.name)}) ${assignments(entry).join('; ')} ;;`),
		'\tesac',
		'}',
		engine,
	].join('\n');
}

function assignments({words, options, arguments: kinds, repeats}: Entry): string[] {
	const withValue = options.filter(({takesValue}) => takesValue);
	const values = withValue.flatMap(({flags, completes}) => flags.map(flag => `${flag}=${kindOf(completes)}`));
	const last = kinds.at(-1);
	return [
		...(words.length === 0 ? [] : [`words=${quoted(words.map(([word]) => word).join(' '))}`]),
		`options=${quoted(options.flatMap(({flags}) => flags).join(' '))}`,
		...(values.length === 0 ? [] : [`values=${quoted(` ${values.join(' ')} `)}`]),
		...(kinds.length === 0 ? [] : [`arguments=(${kinds.map(kind => quoted(kindOf(kind))).join(' ')})`]),
		...(repeats ? [`more=${quoted(kindOf(last))}`] : []),
	];
}
