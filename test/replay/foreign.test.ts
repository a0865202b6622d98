// `tanos replay --exec` with programs of Debian, which know nothing of ready marks; asciinema judges a recording.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {tanos} from '../helpers/appliance.js';
import type {Program} from '../helpers/programs.js';
import {testWith} from '../helpers/test-with.js';
import {me, startSshd} from '../ssh-client/sshd.js';

async function replay(t: ExecutionContext, command: string, lines: readonly string[], words: readonly string[] = []) {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-foreign-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const file = path.join(folder, 'a.tape');
	await writeFile(path.join(folder, 'text'), Array.from({length: 100}, (_, index) => `line ${index}\n`).join(''));
	await writeFile(path.join(folder, 'word'), 'x9-secret\n');
	await writeFile(file, `${lines.join('\n').replaceAll('FOLDER', folder)}\n`);
	const arguments_ = words.map(word => word.replaceAll('FOLDER', folder));
	return {folder, ...(await tanos(['replay', file, '--exec', command.replaceAll('FOLDER', folder), ...arguments_]))};
}

const programs: Array<[program: Program, command: string, lines: string[]]> = [
	['whiptail', 'whiptail --yesno "Go on?" 8 40 && echo agreed', ['Wait+Screen /Go on\\?/', 'Tab', 'Tab', 'Enter', 'Wait+Screen /agreed/']],
	['dialog', 'dialog --inputbox Name 8 40 2>FOLDER/answer', ['Wait+Screen /Name/', 'Type "somebody"', 'Enter', 'Wait+Exit']],
	[
		'less',
		'less FOLDER/text',
		['Wait+Screen /line 0/', 'Type "G"', 'Wait+Screen /line 99/', 'ExpectNot /line 0\\n/', 'Type "q"', 'Wait+Exit'],
	],
	['top', 'top -d 60', ['Wait+Screen /load average/', 'Type "q"', 'Wait+Exit']],
	['vim', 'vim -u NONE FOLDER/new', ['Wait+Screen /\\[New/', 'Type "ihello"', 'Escape', 'Type ":wq"', 'Enter', 'Wait+Exit']],
	['bash', 'bash --norc', ['Wait+Line /[$#]$/', 'Type "echo $((6*7))" Enter', 'Wait+Screen /\\n42\\n/', 'Type "exit" Enter', 'Wait+Exit']],
];

for (const [program, command, lines] of programs) {
	const plays = async (t: ExecutionContext, words: readonly string[] = []) => {
		const {exitCode, stderr, folder} = await replay(t, command, ['Set WaitTimeout 60s', ...lines], words);
		t.is(exitCode, 0, stderr);
		const written: Partial<Record<Program, [string, string]>> = {vim: ['new', 'hello\n'], dialog: ['answer', 'somebody']};
		const [name, text] = written[program] ?? ['word', 'x9-secret\n'];
		t.is(await readFile(path.join(folder, name), 'utf8'), text);
	};

	testWith(program)(`plays into ${program}`, async t => plays(t));
	testWith(
		program,
		'sshd',
		'ssh-keygen',
	)(`plays into ${program} over OpenSSH's sshd`, async t => {
		const {port, folder} = await startSshd(t, {lines: ['ForceCommand none']});
		await plays(t, [
			'--ssh',
			`${me}@127.0.0.1:${port}`,
			'-F',
			'none',
			'--known-hosts',
			path.join(folder, 'known_hosts'),
			'-i',
			path.join(folder, 'id'),
		]);
	});
}

test('a failure is in the JUnit file, with the screen and without what XML forbids', async t => {
	const {exitCode, folder} = await replay(
		t,
		'printf "a<b&c \\033[1mbold"; sleep 60',
		['Set WaitTimeout 1s', 'Wait+Screen /never/'],
		['--junit', 'FOLDER/junit.xml'],
	);
	t.is(exitCode, 1);
	const xml = await readFile(path.join(folder, 'junit.xml'), 'utf8');
	t.regex(xml, /<testsuite name="tanos replay" tests="1" failures="1" errors="0"/);
	t.regex(xml, /a\.tape:2: Wait\+Screen \/never\/[^]*a&lt;b&amp;c bold/);
	t.notRegex(xml, /[\0-\u0008\u000B-\u001F]/);
});

test('--check only reads the tape, and names the place of a mistake', async t => {
	const {exitCode, stdout, folder} = await replay(t, 'touch FOLDER/run', ['Enter 2', 'Expect /x/'], ['--check']);
	t.is(exitCode, 0);
	t.is(stdout, 'a.tape: 2 commands, nothing wrong.');
	await t.throwsAsync(readFile(path.join(folder, 'run')), {code: 'ENOENT'});
	const {exitCode: wrong, stderr} = await replay(t, 'true', ['Enter', 'Enter Dwon'], ['--check']);
	t.is(wrong, 1);
	t.regex(stderr, /a\.tape:2:7: found `Dwon`, expected a command/);
});

testWith('asciinema')('asciinema plays a recording', async t => {
	const {exitCode, folder} = await replay(t, 'echo recorded', ['Output FOLDER/a.cast', 'Wait+Exit']);
	t.is(exitCode, 0);
	const played = await replay(t, `asciinema play -i 0.1 ${path.join(folder, 'a.cast')}`, [
		'Set WaitTimeout 60s',
		'Wait+Screen /recorded/',
		'Wait+Exit',
	]);
	t.is(played.exitCode, 0, played.stderr);
});

test('a secret from a file is typed and stays out of the recording and of what is printed', async t => {
	const lines = ['Output FOLDER/a.cast', 'Secret WORD Enter', 'Wait+Screen /got 9/', 'Screenshot shot'];
	const {exitCode, stdout, stderr, folder} = await replay(t, 'read -r answer; echo "got ${#answer}"', lines, [
		'--secret-file',
		'WORD=FOLDER/word',
	]);
	t.is(exitCode, 0, stderr);
	t.regex(stdout, /\*{9}/);
	t.false(`${stdout}${await readFile(path.join(folder, 'a.cast'), 'utf8')}`.includes('x9-secret'));
});
