// A script made of a recording, by hand and by asciinema.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parseTape} from '../../src/replay/tape.js';
import {tapeOf} from '../../src/replay/to-tape.js';
import {tanos} from '../helpers/appliance.js';
import {testWith} from '../helpers/test-with.js';

function recording(...events: Array<[code: string, data: string]>): string {
	return [{version: 2, width: 40, height: 5}, ...events.map((event, index) => [index, ...event])]
		.map(line => `${JSON.stringify(line)}\n`)
		.join('');
}

async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-to-tape-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

test('it waits for the line of the cursor, and names the keys', async t => {
	const tape = await tapeOf(
		recording(
			['o', 'Name (1/2)? '],
			['i', 'it'],
			['o', 'it'],
			['i', '\'s "1"\r'],
			['o', '\r\nPassword: '],
			['i', 'S3cret\r'],
			['o', '\r\n> '],
			['i', '\u001B[A\u001BOB\u001B[Z\u0003'],
			['r', '50x6'],
		),
		'a.cast',
	);
	t.deepEqual(tape.split('\n'), [
		'Set Width 40',
		'Set Height 5',
		String.raw`Wait+Screen /Name \(1\/2\)\?/`,
		'Type `it\'s "1"`',
		'Enter',
		'Wait+Screen /Password:/',
		'Secret PASSWORD',
		'Enter',
		'Wait+Screen />/',
		'Up',
		'Down',
		'Shift+Tab',
		'Ctrl+C',
		'Resize 50 6',
		'',
	]);
	t.notThrows(() => parseTape(tape, 'a.tape'));
});

test('a recording without input, and what is none, are refused', async t => {
	await t.throwsAsync(tapeOf(recording(['o', 'x']), 'a.cast'), {message: /Nothing was typed in a\.cast/});
	await t.throwsAsync(tapeOf('{"version": 1}', 'a.cast'), {message: /a\.cast is no recording/});
	await t.throwsAsync(tapeOf(`${recording(['i', 'x'])}[1, 2]`, 'a.cast'), {message: /no event: \[1, 2\]/});
});

testWith('asciinema', 'bash')('what asciinema has recorded is played again', async t => {
	const folder = await temporaryFolder(t);
	const [cast, first, second] = ['a.cast', 'first.tape', 'second.tape'].map(name => path.join(folder, name)) as [string, string, string];
	await writeFile(
		first,
		['Set WaitTimeout 60s', 'Wait+Screen /answer\\?/', 'Type "blue"', 'Enter', 'Wait+Screen /It is blue/', 'Wait+Exit', ''].join('\n'),
	);
	const program = path.join(folder, 'ask');
	await writeFile(program, '#!/bin/bash\nread -rp "The answer? " answer\necho "It is $answer"\n', {mode: 0o700});
	const recorded = await tanos(['replay', first, '--exec', `asciinema rec --stdin -q -c ${program} ${cast}`], {env: {LC_ALL: 'C.UTF-8'}});
	t.is(recorded.exitCode, 0, recorded.stderr);
	const made = await tanos(['replay', '--to-tape', cast]);
	t.is(made.exitCode, 0, made.stderr);
	await writeFile(second, `Output ${path.join(folder, 'last.txt')}\n${made.stdout}\nWait+Screen /It is/\n`);
	const played = await tanos(['replay', second, '--exec', program]);
	t.is(played.exitCode, 0, played.stderr);
	t.regex(await readFile(path.join(folder, 'last.txt'), 'utf8'), /It is blue/);
});
