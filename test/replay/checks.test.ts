// The commands of a tape that check, and those that keep something out of sight.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {Problem} from '../../src/problem.js';
import {play, type PlayOptions} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';

const menu = {command: process.execPath, arguments: [fileURLToPath(new URL('fixtures/menu.js', import.meta.url))], columns: 60, rows: 8};
const shell = {command: '/bin/sh', arguments: [], columns: 60, rows: 8, settings: {readyMark: false, quietTime: 100}};

async function playIn(t: ExecutionContext, lines: readonly string[], options: PlayOptions = menu) {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-checks-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return {folder, playback: play(parseTape(lines.join('\n').replaceAll('FOLDER', folder), 'a.tape'), {cwd: folder, ...options})};
}

test('Expect and ExpectNot judge the screen at once', async t => {
	const {playback} = await playIn(t, ['Type "abc"', 'Expect /typed abc/', 'ExpectNot /typed abcd/', 'ExpectNot+Line /nothing like it/']);
	await t.notThrowsAsync(playback);
	const {playback: failing} = await playIn(t, ['Type "abc"', 'ExpectNot /typed abc/']);
	const {code, message} = await t.throwsAsync<Problem>(failing);
	t.is(code, 'replay-failed');
	t.regex(message, /^a\.tape:2: ExpectNot \/typed abc\/\nthe screen matches\. The screen:\n/);
});

test('If runs its commands only when the screen matches, also within another one', async t => {
	const tape = [
		'If /Main Menu/',
		'Type "a"',
		'If /never/',
		'Type "b"',
		'End',
		'Type "c"',
		'End',
		'If /never/',
		'Type "d"',
		'End',
		'Expect /typed ac in/',
	];
	await t.notThrowsAsync((await playIn(t, tape)).playback);
});

test('Copy and Paste type a text, with marks for a program that asks for them', async t => {
	const {playback} = await playIn(
		t,
		['Copy "echo pasted-${NAME}"', 'Paste', 'Enter', 'Wait+Screen /pasted-text\\n/', 'Wait+Line /[#$] ?$/'],
		{
			...shell,
			variables: {NAME: 'text'},
		},
	);
	await t.notThrowsAsync(playback);
});

test('a secret is in no recording, screen or message', async t => {
	const secret = 'S3cret-word';
	const {folder, playback} = await playIn(
		t,
		[
			'Output FOLDER/all.cast',
			'Output FOLDER/last.txt',
			'Output FOLDER/last.svg',
			'Secret WORD',
			'Wait+Screen /typed/',
			'Screenshot shot',
			'Wait+Screen@1ms /never/',
		],
		{...menu, secrets: {WORD: secret}},
	);
	const {message} = await t.throwsAsync(playback);
	const recording = await readFile(path.join(folder, 'all.cast'), 'utf8');
	t.true(recording.includes('typed'));
	t.false((message + recording).includes(secret));
	t.true(message.includes('*'.repeat(secret.length)));
	const {playback: missing} = await playIn(t, ['Secret WORD']);
	t.regex((await t.throwsAsync(missing)).message, /^a\.tape:1: the secret WORD is missing/);
});

test('a secret is in no picture or text of the last screen', async t => {
	const secret = 'S3cret-word';
	const {folder, playback} = await playIn(t, ['Output FOLDER/last.svg', 'Output FOLDER/last.txt', 'Secret WORD', 'Expect /typed S3cret/'], {
		...menu,
		secrets: {WORD: secret},
	});
	t.false((await playback).lastScreen.includes(secret));
	for (const name of ['last.svg', 'last.txt']) {
		const text = await readFile(path.join(folder, name), 'utf8');
		t.true(text.includes('*'.repeat(secret.length)), name);
		t.false(text.includes(secret), name);
	}
});

test('Unchanged finds a file that has changed in a folder', async t => {
	const tape = ['Type "echo more > kept/file" Enter', 'Unchanged FOLDER/other', 'Unchanged FOLDER/kept'];
	const {folder, playback} = await playIn(t, ['Type "mkdir kept" Enter', ...tape], shell);
	t.regex((await t.throwsAsync(playback)).message, /a\.tape:4: Unchanged \S+\n\S+\/kept has changed since the first command/);
	await writeFile(path.join(folder, 'x'), '');
	await t.notThrowsAsync((await playIn(t, ['Enter', 'Unchanged FOLDER'], shell)).playback);
});

test('a program that a tape requires must be installed', async t => {
	t.regex(
		(await t.throwsAsync((await playIn(t, ['Require no-such-program-here'])).playback)).message,
		/no-such-program-here is not installed/,
	);
	await t.notThrowsAsync((await playIn(t, ['Require sh'])).playback);
});

test('what is hidden is not in the recording, and the time that it takes is not either', async t => {
	const {folder, playback} = await playIn(t, ['Output FOLDER/all.cast', 'Hide', 'Down', 'Enter', 'Show', 'Type "x"'], menu);
	await playback;
	const [, ...events] = (await readFile(path.join(folder, 'all.cast'), 'utf8')).trimEnd().split('\n');
	const times = events.map(event => (JSON.parse(event) as [number])[0]);
	t.deepEqual(
		times,
		times.toSorted((one, other) => one - other),
	);
	t.true(events.some(event => event.includes('Status')));
});

test('a program without ready marks that never rests fails with its screen', async t => {
	const busy = {...shell, arguments: ['-c', 'while :; do printf "tick "; sleep 0.02; done']};
	const {playback} = await playIn(t, ['Set QuietTime 1s', 'Set WaitTimeout 3s', 'Enter'], busy);
	t.regex((await t.throwsAsync(playback)).message, /waited 3 s for the program to be ready[^]*tick/);
});
