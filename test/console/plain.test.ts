// A whole session in plain lines: what a script over a pipe, a dumb terminal and a screen reader get.
import {once} from 'node:events';
import {appendFile, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {LineReader} from '../../src/console/line-reader.js';
import {plainSession} from '../../src/console/plain-front-end.js';
import type {User} from '../../src/console/state.js';
import type {ConsoleEnvironment} from '../../src/console/environment.js';
import {issuePair, newAuthority} from '../helpers/authority.js';
import {open, passwords} from './console-session.js';

async function played(t: ExecutionContext, input: string, known?: User, change: Partial<ConsoleEnvironment> = {}) {
	const {environment} = await open(t, change);
	const [source, output] = [new PassThrough(), new PassThrough()];
	source.end(input);
	const said = text(output);
	const ending = await plainSession(environment, {lines: new LineReader(source), output, lineEnd: '\n', ...(known && {known})}).ended;
	output.end();
	return {ending, said: await said};
}

const tanadmin: User = {name: 'tanadmin', role: 'tanadmin'};

/** What was written, and what will be. */
class Output {
	#text = '';

	constructor(private readonly stream: PassThrough) {
		stream.on('data', (bytes: Buffer) => {
			this.#text += bytes.toString();
		});
	}

	async until(pattern: RegExp): Promise<void> {
		while (!pattern.test(this.#text)) {
			await once(this.stream, 'data');
		}
	}
}

/** Resolves when input arrives or a line is asked for. */
async function nextEvent(lines: LineReader): Promise<void> {
	return new Promise(resolve => {
		const unsubscribe = lines.subscribe(() => {
			unsubscribe();
			resolve();
		});
	});
}

test('the same lines as on the screen lead through sign-in, menus and a flow, to log out', async t => {
	const {ending, said} = await played(t, `tanadmin\n${passwords.tanadmin}\n2-1\n1\n1\nr\nz\n`);
	t.is(ending, 'signed-out');
	t.regex(
		said,
		/Login:\nPassword:\n\nTanOS {2}ts1\.example\.com {2}All-in-One {2}tanadmin\nMain Menu {3}tanos-console 0\.1\.0\n\n {2}1 {3}Tanium/,
	);
	t.regex(said, /\n2-1 {2}Start, Stop and Restart Tanium Services\n\n1 {2}taniumserver +stopped\n/);
	t.regex(said, /\ndone +Start taniumserver +\d\.\d\d s\n/);
	t.notRegex(said, new RegExp(passwords.tanadmin));
	t.notRegex(said, /\u001B/);
});

test('an authenticated user is not asked to sign in, and sees the notices', async t => {
	const {ending, said} = await played(t, '\nz\n', tanadmin, {bringUp: async () => ['Something happened.']});
	t.is(ending, 'signed-out');
	t.regex(said, /^\nSince the Last Session\n\nSomething happened\.\nPress Enter to continue\.\n\nTanOS [^\n]*\nMain Menu/);
});

test('above each menu stand the appliance, the user and until when the installed certificate is valid', async t => {
	const {environment, layout} = await open(t);
	await mkdir(layout.taniumServer, {recursive: true});
	await issuePair(await newAuthority(), layout.soapCertificate, layout.soapKey, {
		valid: [new Date('2029-01-01'), new Date('2030-02-01T00:00:00Z')],
	});
	const {said} = await played(t, '2\nz\n', {name: 'tanuser', role: 'tanuser'}, environment);
	const heading = 'TanOS  ts1.example.com  All-in-One  tanuser\nCertificate valid to 2030-02-01, 31 days left\nMain Menu';
	t.is(said.split(heading).length, 3, said);
});

test('Ctrl+C at a menu and at a pause says how to log out, and asks again', async t => {
	const {ending, said} = await played(t, '\u0003?\n\u0003\nz\n', tanadmin);
	t.is(ending, 'signed-out');
	for (const prompt of ['Enter a key (R back, RR main menu, ? help, Z log out):\n', 'Press Enter to continue.\n']) {
		t.true(said.includes(`${prompt}Z logs out.\n${prompt}`), said);
	}
});

test('disabled and unknown entries show the reason', async t => {
	const {said} = await played(t, '2-3\n2-99\nz\n', {name: 'tanuser', role: 'tanuser'});
	t.regex(said, / {2}2 {3}Tanium Operations \(needs the tanadmin role\)\n/);
	t.regex(said, /\n2 \(Tanium Operations\): needs the tanadmin role\.\n/);
});

test('when the input ends during a question, nothing is done and the session ends', async t => {
	const {ending, said} = await played(t, '2-1\n1\n2\n', tanadmin);
	t.is(ending, 'gone');
	t.regex(said, /will not answer while it is stopped\. Continue\? \[yes\/no\]:\n/);
	t.notRegex(said, /done/);
});

test('the session ends after three wrong passwords', async t => {
	t.is((await played(t, 'a\nb\na\nb\na\nb\n')).ending, 'refused');
});

test('a log is shown, searched, and followed until Enter', async t => {
	const {environment, layout} = await open(t);
	await mkdir(layout.taniumServerLogs, {recursive: true});
	const log = path.join(layout.taniumServerLogs, 'taniumserver.log');
	await writeFile(log, 'one\ntwo\n');
	const [source, output] = [new PassThrough(), new PassThrough()];
	const {ended} = plainSession(environment, {lines: new LineReader(source), output, lineEnd: '\n', known: tanadmin});
	const reader = new Output(output);
	source.write('3-L\n1\n1\ntw\n2\n');
	await reader.until(/Show only lines with this text, or Enter for all:\ntwo\n[^]*as they are logged[^]*Press Enter to stop\.\ntwo\n/);
	await appendFile(log, 'three\ntwelve\n');
	await reader.until(/stop\.\ntwo\ntwelve\n/);
	source.write('\nr\nr\nz\n');
	t.is(await ended, 'signed-out');
});

test('a plain session ends when it is idle for too long, and discards a line that was not entered', async t => {
	const alarms = new Set<() => void>();
	const {environment} = await open(t, {
		after(_milliseconds, then) {
			alarms.add(then);
			return () => alarms.delete(then);
		},
	});
	await setSecuritySetting(environment.layout, 'menuTimeoutSeconds', 60, {user: 'tanadmin', from: 'console'});
	const [source, output] = [new PassThrough(), new PassThrough()];
	const said = text(output);
	const lines = new LineReader(source);
	const asked = nextEvent(lines);
	const {ended} = plainSession(environment, {lines, output, lineEnd: '\n', known: tanadmin});
	await asked;
	t.true(lines.waiting);
	const arrived = nextEvent(lines);
	source.write('z');
	await arrived;
	t.is(alarms.size, 1);
	for (const alarm of alarms) {
		alarm();
	}

	t.is(await ended, 'idle');
	output.end();
	t.regex(await said, /Signed out: the session was idle for too long\.\n$/);
});
