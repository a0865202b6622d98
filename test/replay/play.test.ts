import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {Problem} from '../../src/problem.js';
import {play, type PlayOptions} from '../../src/replay/play.js';
import {openPty} from '../../src/replay/pty.js';
import {parseTape} from '../../src/replay/tape.js';
import {VirtualTerminal} from '../../src/replay/terminal.js';

async function playOn(fixture: string, tape: string, options: Partial<PlayOptions> = {}) {
	return play(parseTape(tape, 'a.tape'), {...fixtureCommand(fixture), columns: 50, rows: 8, ...options});
}

function fixtureCommand(name: string) {
	return {command: process.execPath, arguments: [fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url))]};
}

async function failureOf(t: ExecutionContext, playback: Promise<unknown>): Promise<Problem> {
	return t.throwsAsync(playback, {instanceOf: Problem});
}

async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-replay-'));
	t.teardown(() => rm(folder, {recursive: true}));
	return folder;
}

test('keys are handled one after the other, and a picture has rows and attributes', async t => {
	const {
		screenshots: [shot],
	} = await playOn('menu', 'Down 2 Enter\nScreenshot chosen');
	t.is(shot!.name, 'chosen');
	t.deepEqual(shot!.screen.split('\n'), [
		'Main Menu 50x8',
		'  Installations',
		'  Status',
		'> Certificates',
		'',
		'chosen Certificates, typed nothing in 3 writes',
		'',
		'',
	]);
	t.deepEqual(shot!.attributes.split('\n'), ['bbbbbbbbb', '', '', 'i'.repeat(14), '', 'cccccc', '', '']);
	t.true(shot!.svg.startsWith('<svg '));
});

test('a picture is passed on as soon as it is taken', async t => {
	const seen: string[] = [];
	const tape = 'Screenshot first\nType "a"\nScreenshot second\nWait+Screen@1ms /never/';
	const problem = await failureOf(t, playOn('menu', tape, {onScreenshot: ({name}) => seen.push(name)}));
	t.is(problem.code, 'replay-failed');
	t.deepEqual(seen, ['first', 'second']);
});

test('a text goes to the program in one write', async t => {
	const {lastScreen} = await playOn('menu', 'Type "a whole line"');
	t.regex(lastScreen, /typed a whole line in 1 writes/);
});

test('a text beyond ASCII is counted in bytes', async t => {
	const {lastScreen} = await playOn('menu', 'Type "Größe"\nDown');
	t.regex(lastScreen, /typed Größe in 2 writes/);
	t.regex(lastScreen, /> Status/);
});

test('the program draws itself in the new size before the tape continues', async t => {
	const {screenshots} = await playOn('menu', 'Resize 70 9\nScreenshot wide\nResize 70 9\nResize 45 7\nScreenshot narrow');
	t.deepEqual(
		screenshots.map(({screen}) => screen.split('\n')[0]),
		['Main Menu 70x9', 'Main Menu 45x7'],
	);
	t.deepEqual(
		screenshots.map(({screen}) => screen.split('\n').length),
		[9, 7],
	);
});

test('the size is that of the options, or that of the tape, or 80x24', async t => {
	const firstRow = async (tape: string, options: Partial<PlayOptions>) => {
		const {lastScreen} = await play(parseTape(`${tape}\nWait+Screen /Main/`, 'a.tape'), {...fixtureCommand('menu'), ...options});
		return lastScreen.split('\n')[0];
	};

	t.is(await firstRow('', {}), 'Main Menu 80x24');
	t.is(await firstRow('Set Width 60', {}), 'Main Menu 60x24');
	t.is(await firstRow('Set Width 60\nSet Height 9', {columns: 70}), 'Main Menu 70x9');
});

test('the exit code and the last output of a program are kept', async t => {
	const {exitCode, lastScreen} = await playOn('menu', 'Type "q"\nWait+Exit\nWait+Screen /Goodbye/');
	t.is(exitCode, 7);
	t.regex(lastScreen, /Goodbye/);
});

test('no output of a program that writes much and ends at once is lost', async t => {
	const {exitCode, lastScreen} = await playOn('flood', 'Wait+Exit');
	t.is(exitCode, 3);
	t.regex(lastScreen, /the last line\s*$/);
});

test('a program that still runs at the end of the tape has no exit code', async t => {
	const {exitCode} = await playOn('menu', 'Down');
	t.is(exitCode, undefined);
});

test('a program that was ended by a signal has 128 and its number', async t => {
	const tape = parseTape('Wait+Exit', 'a.tape');
	const {exitCode} = await play(tape, {command: '/bin/sh', arguments: ['-c', 'kill -TERM $$']});
	t.is(exitCode, 128 + 15);
});

test('a program that ignores the hang-up is killed', async t => {
	const {command, arguments: parameters} = fixtureCommand('stubborn');
	const program = openPty(command, parameters, '/', {columns: 80, rows: 24, environment: {}}, 1);
	t.teardown(() => program.kill());
	const exited = new Promise<number>(resolve => {
		program.onExit(resolve);
	});
	const pid = await new Promise<number>(resolve => {
		program.onData(text => {
			resolve(Number(/pid (\d+)\./.exec(text)?.[1]));
		});
	});
	t.notThrows(() => process.kill(pid, 0));
	await program.kill();
	t.is(await exited, 128 + 9);
	t.throws(() => process.kill(pid, 0), {code: 'ESRCH'});
	await t.notThrowsAsync(program.kill());
});

test('a variable is replaced by its value in a text, and matches it literally in a pattern', async t => {
	const tape = 'Type "${PASSWORD}"\nWait+Screen /typed ${PASSWORD} in 1/';
	const {lastScreen} = await playOn('menu', tape, {variables: {PASSWORD: 'a.*(b'}});
	t.regex(lastScreen, /typed a\.\*\(b in/);
	const problem = await failureOf(t, playOn('menu', 'Wait+Screen@1ms /${DOTS}/', {variables: {DOTS: '....'}}));
	t.is(problem.code, 'replay-failed');
});

test('an unknown variable is a problem with its line and the known variables', async t => {
	const problem = await failureOf(t, playOn('menu', '\nType "${SECRET}"', {variables: {PORT: '22'}}));
	t.is(problem.code, 'tape-variable');
	t.is(problem.message, 'a.tape:2: the variable SECRET has no value');
	t.is(problem.hint, 'Given: PORT.');
});

test('a Wait that times out reports its line, its command and the screen', async t => {
	const problem = await failureOf(t, playOn('menu', 'Down\nWait+Screen@1ms /${WORD}/', {variables: {WORD: 'hidden'}, columns: 44}));
	t.is(
		problem.message,
		[
			'a.tape:2: Wait+Screen@1ms /${WORD}/',
			'waited 0.001 s for the screen to match. The screen:',
			'+--------------------------------------------+',
			'|Main Menu 44x8                              |',
			'|  Installations                             |',
			'|> Status                                    |',
			'|  Certificates                              |',
			'|                                            |',
			'|chosen nothing, typed nothing in 1 writes   |',
			'|                                            |',
			'|                                            |',
			'+--------------------------------------------+',
		].join('\n'),
	);
});

test('a Wait fails at once when the program has ended', async t => {
	const problem = await failureOf(t, playOn('menu', 'Type "q"\nWait+Screen /never/'));
	t.regex(problem.message, /^a\.tape:2: .*\nwaited for the screen to match, but the program ended with exit code 7\. /);
});

test('a key for a program that has ended fails', async t => {
	const problem = await failureOf(t, playOn('menu', 'Type "q"\nWait+Exit\nEnter'));
	t.regex(problem.message, /^a\.tape:3: Enter\nthe program ended with exit code 7 before this key\. /);
});

test("a program that cannot be started is a problem with the system's error", async t => {
	const tape = parseTape('Enter', 'a.tape');
	const problem = await failureOf(t, play(tape, {command: '/nonexistent/program', arguments: []}));
	t.regex(problem.message, /the program ended with exit code 1 [^]*No such file or directory/);
});

test('a program without ready marks fails at the first key, unless the tape turns them off', async t => {
	const problem = await failureOf(t, playOn('plain', 'Set WaitTimeout 1ms\nType "Ada"'));
	t.is(problem.code, 'replay-failed');
	t.regex(problem.hint, /Set ReadyMark false/);
	const {lastScreen} = await playOn('plain', 'Set ReadyMark false\nWait+Line /Name>/\nType "Ada" Enter\nWait+Exit');
	t.regex(lastScreen, /Hello Ada/);
});

test('a bare Wait waits for a prompt on the line of the cursor', async t => {
	const {lastScreen} = await playOn('plain', 'Wait');
	t.is(lastScreen.trim(), 'Name>');
});

test('the environment has the variables of a terminal and the given ones, and nothing of this process', async t => {
	const folder = await temporaryFolder(t);
	const {lastScreen} = await playOn('environment', 'Env OF_TAPE "1"\nWait+Screen /C.UTF-8/', {
		environment: {GIVEN: '1'},
		columns: 200,
		cwd: folder,
	});
	const [names, values, cwd] = lastScreen.split('\n');
	t.is(names, 'GIVEN HOME LANG OF_TAPE PATH PWD TANOS_READY_MARK TERM');
	t.is(values, 'xterm-256color C.UTF-8');
	t.is(cwd, folder);
});

test('a recording shows the same last screen, without marks and without what was typed', async t => {
	const cast = path.join(await temporaryFolder(t), 'a.cast');
	const {lastScreen} = await playOn('menu', 'Type "abc"\nResize 60 9\nType "q"\nWait+Exit', {cast});
	const [header, ...events] = (await readFile(cast, 'utf8'))
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as unknown);
	t.like(header, {version: 2, width: 50, height: 8});
	const terminal = new VirtualTerminal(50, 8);
	let last = 0;
	for (const event of events as Array<[number, string, string]>) {
		const [time, code, data] = event;
		t.true(time >= last);
		last = time;
		t.false(data.includes('ready;'));
		if (code === 'r') {
			const [columns, rows] = data.split('x').map(Number);
			terminal.resize(columns!, rows!);
		} else {
			t.is(code, 'o');
			await terminal.write(data);
		}
	}

	t.is(terminal.screen(), lastScreen);
});

test('a recording of a failure is written, and one that cannot be written is refused before anything is played', async t => {
	const folder = await temporaryFolder(t);
	const cast = path.join(folder, 'a.cast');
	await failureOf(t, playOn('menu', 'Down\nWait+Screen@1ms /never/', {cast}));
	t.regex(await readFile(cast, 'utf8'), /Main Menu/);
	const problem = await failureOf(t, playOn('menu', 'Wait+Screen /never/', {cast: path.join(folder, 'none', 'a.cast')}));
	t.is(problem.code, 'cast-not-written');
});
