// The first start at a terminal: which deployment is made, and which console is opened.
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {play, type Playback} from '../../src/replay/play.js';
import {parseTape} from '../../src/replay/tape.js';
import {tanos, tanosFile} from '../helpers/appliance.js';

/** A home of its own, in which nothing runs any more when the test has ended. */
async function newHome(t: ExecutionContext): Promise<{HOME: string; XDG_STATE_HOME: string; XDG_CACHE_HOME: string}> {
	const home = await mkdtemp(path.join(os.tmpdir(), 'tanos-home-'));
	const env = {HOME: home, XDG_STATE_HOME: path.join(home, 'state'), XDG_CACHE_HOME: path.join(home, 'cache')};
	t.teardown(async () => {
		await tanos(['lab', 'stop'], {env});
		await rm(home, {recursive: true, force: true, maxRetries: 10}); // A program that ends writes its compile cache.
	});
	return env;
}

async function start(environment: Record<string, string>, lines: string): Promise<Playback> {
	const tape = parseTape(`Set WaitTimeout 60s\nSet ReadyMark false\n${lines}\n`, 'first-start.tape');
	return play(tape, {command: process.execPath, arguments: [tanosFile], variables: {}, environment});
}

test('a lab is made when it is chosen, and the next start asks only which console to open', async t => {
	const env = await newHome(t);
	const first = await start(
		env,
		'Wait+Screen /Enter 1, 2, 3/\nType "9" Enter\nType "2" Enter\nWait+Screen /console of which/\nEnter\nWait+Screen /Login:/',
	);
	t.regex(first.lastScreen, /ts1\.example\.com +Tanium Server/);
	t.regex(first.lastScreen, /tanadmin +\S+ +this console/);
	const second = await start(env, 'Wait+Screen /There is a lab in[^]*Enter 1, 2/\nType "2" Enter\nWait+Screen /Login:/');
	t.regex(second.lastScreen, /tms1\.example\.com +Tanium Module Server/);
	t.is((await tanos(['lab', 'status'], {env})).exitCode, 0);
});

test('Ctrl+C makes nothing', async t => {
	const env = await newHome(t);
	const {lastScreen, exitCode} = await start(env, 'Wait+Screen /Enter 1, 2, 3/\nCtrl+C\nWait+Exit');
	t.regex(lastScreen, /Nothing was made/);
	t.is(exitCode, 1);
	await t.throwsAsync(readdir(env.XDG_STATE_HOME), {code: 'ENOENT'});
});
