// Completion as a user meets it: each shell reads the script that `tanos completion` prints, and is asked with the Tab key.
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {completionTree} from '../../src/cli/completion/tree.js';
import {play} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';
import {tanos} from '../helpers/appliance.js';
import {fileOf} from '../helpers/programs.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';

type Shell = 'bash' | 'zsh' | 'fish';

/** A folder with two files and the completion script. */
async function prepare(t: ExecutionContext, shell: Shell): Promise<string> {
	const folder = await temporaryFolder(t);
	const {stdout, exitCode} = await tanos(['completion', shell]);
	t.is(exitCode, 0);
	await writeFile(path.join(folder, 'script'), stdout);
	await writeFile(path.join(folder, 'server.crt'), '');
	await mkdir(path.join(folder, 'serverfolder'));
	return folder;
}

/** What the Tab key makes of a line that has one completion only. */
const unique: ReadonlyArray<readonly [typed: string, completed: string]> = [
	['tanos cert', 'tanos certificate '],
	['tanos certificate req', 'tanos certificate request '],
	['tanos certificate check --js', 'tanos certificate check --json '],
	['tanos certificate check server.c', 'tanos certificate check server.crt '],
	['tanos certificate check a --host b server.c', 'tanos certificate check a --host b server.crt '],
	['tanos certificate check --ca server.c', 'tanos certificate check --ca server.crt '],
	['tanos appliance stop --root serverf', 'tanos appliance stop --root serverfolder/'],
	['tanos appliance stop --root=serverf', 'tanos appliance stop --root=serverfolder/'],
	['tanos appliance drill dies', 'tanos appliance drill dies-after-start '],
	['tanos completion zs', 'tanos completion zsh '],
	['tanos help certificate sh', 'tanos help certificate show '],
	['tanos soap sta', 'tanos soap status '],
	['tanos soap status js', 'tanos soap status json '],
];

const starts = {
	bash: {words: ['--norc', '--noprofile', '-i'], setup: "PS1='%' && source ./script"},
	zsh: {words: ['-f', '-i'], setup: 'PS1=%% && autoload -U compinit && compinit -u -D && source ./script'},
} as const;

for (const shell of ['bash', 'zsh'] as const) {
	testWith(shell)(`${shell} completes commands, options, values and files with the Tab key`, async t => {
		const folder = await prepare(t, shell);
		const {words, setup} = starts[shell];
		const tape = [
			'Set ReadyMark false',
			'Set Width 120',
			`Type \`${setup}\``,
			'Enter',
			'Wait+Line /^%$/',
			// The mark behind the cursor shows where the completion ended.
			...unique.flatMap(([typed, completed]) => [
				`Type "${typed}"`,
				'Tab',
				'Type "^"',
				`Wait+Line /^%${RegExp.escape(completed)}\\^$/`,
				'Ctrl+U',
				'Wait+Line /^%$/',
			]),
		];
		await t.notThrowsAsync(
			play(parseTape(tape.join('\n'), shell), {
				command: fileOf(shell),
				arguments: [...words],
				cwd: folder,
				environment: {HOME: folder},
			}),
		);
	});
}

testWith('fish')('fish completes commands, options, values and files', async t => {
	const folder = await prepare(t, 'fish');
	for (const [typed, completed] of unique) {
		const ask = `source ./script; complete -C ${JSON.stringify(typed)}`;
		const {stdout} = await execa(fileOf('fish'), ['--no-config', '-c', ask], {cwd: folder, env: {HOME: folder}});
		const word = completed.trimEnd().split(' ').at(-1)!;
		t.true(
			stdout.split('\n').some(line => line.split('\t')[0] === word),
			`${typed}: ${stdout}`,
		);
	}
});

testWith('bash')('bash offers every command of the tree and nothing else', async t => {
	const folder = await prepare(t, 'bash');
	for (const {name, words} of completionTree().filter(entry => entry.words.length > 0)) {
		const line = ['tanos', ...name.split(' ').filter(word => word !== ''), ''];
		const ask = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tanos; printf '%s\\n' "\${COMPREPLY[@]}"`;
		const {stdout} = await execa(fileOf('bash'), ['-c', ask, 'bash', ...line], {cwd: folder});
		const ofTanos = ['json', 'help']; // They may follow a command of TanOS that other words follow as well.
		const offered = stdout.split('\n').filter(word => !ofTanos.includes(word));
		t.deepEqual(
			offered.toSorted(),
			words
				.map(([word]) => word)
				.filter(word => !ofTanos.includes(word))
				.toSorted(),
			line.join(' '),
		);
	}
});

test('an unknown shell is a usage error that lists the known ones', async t => {
	const {exitCode, stderr} = await tanos(['completion', 'bsah']);
	t.is(exitCode, 2);
	t.regex(stderr, /SHELL cannot be bsah\. Use one of: bash, zsh, fish\. Did you mean bash\?/);
});
