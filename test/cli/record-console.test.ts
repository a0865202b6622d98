// `tanos --cast FILE`: the main job is recorded, played by asciinema, and played again as a script on another appliance.
import {readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {packageRoot} from '../../src/services/package-root.js';
import {openPty} from '../../src/replay/pty.js';
import {smallEnvironment} from '../../src/replay/environment.js';
import {launch} from '../../src/replay/launch.js';
import {parseTape} from '../../src/replay/tape.js';
import {play} from '../../src/replay/play.js';
import {makeAppliance, putIncoming, tanos, tanosFile, type Appliance} from '../helpers/appliance.js';
import {fingerprintOfFile, orderPair, servedFingerprint} from '../helpers/authority.js';
import {fill, free, smallDisk} from '../helpers/small-disk.js';
import {testWith} from '../helpers/test-with.js';

const mainJob = path.join(packageRoot(), 'test', 'tapes', 'main-job.tape');

async function ready(appliance: Appliance): Promise<Appliance> {
	await orderPair(appliance.workFolder);
	await putIncoming(appliance, appliance.workFolder);
	return appliance;
}

/** Plays the main job into a recorded console. */
async function recorded({root, passwords}: Appliance, cast: string) {
	return play(parseTape(await readFile(mainJob, 'utf8'), 'main-job.tape'), {
		command: process.execPath,
		arguments: [tanosFile, '--root', root, '--cast', cast],
		variables: {TANADMIN: passwords.tanadmin, TANIUM: passwords.tanium},
	});
}

/** Starts a program on a terminal. */
function opened(command: string, words: string[], cwd: string) {
	const program = openPty(command, words, cwd, {columns: 80, rows: 24, environment: {...smallEnvironment(), LC_ALL: 'C.UTF-8'}});
	const {promise: ended, resolve} = Promise.withResolvers<number>();
	const watchers = new Set<() => void>();
	const started = {
		output: '',
		ended,
		pid: program.pid,
		kill: async () => program.kill(),
		/** Resolves when the output has this text. */
		async shows(text: string): Promise<void> {
			const shown = Promise.withResolvers<void>();
			watchers.add(() => {
				if (started.output.includes(text)) {
					shown.resolve();
				}
			});
			await shown.promise;
		},
	};
	program.onExit(resolve);
	program.onData(part => {
		started.output += part;
		for (const watcher of watchers) {
			watcher();
		}
	});
	return started;
}

async function isServed(appliance: Appliance): Promise<boolean> {
	const expected = await fingerprintOfFile(path.join(appliance.workFolder, 'SOAPServer.crt'));
	return (await servedFingerprint(appliance.ports.console)) === expected;
}

testWith('asciinema')('what was recorded is played by asciinema, and again as a script', async t => {
	const appliance = await ready(await makeAppliance(t));
	const cast = path.join(appliance.workFolder, 'job.cast');
	const {exitCode} = await recorded(appliance, cast);
	t.is(exitCode, 0);
	t.is((await stat(cast)).mode & 0o777, 0o600);
	const text = await readFile(cast, 'utf8');
	t.deepEqual(
		Object.entries(appliance.passwords).filter(([, password]) => text.includes(password)),
		[],
	);
	const played = opened('asciinema', ['cat', cast], appliance.workFolder);
	t.is(await played.ended, 0, played.output);
	t.regex(played.output, /The new certificate is installed/);

	const other = await ready(await makeAppliance(t));
	const script = path.join(other.workFolder, 'again.tape');
	await writeFile(script, (await tanos(['replay', '--to-tape', cast])).stdout);
	const secrets = [`PASSWORD=${other.workFolder}/1`, `PASSWORD_2=${other.workFolder}/2`].flatMap(file => ['--secret-file', file]);
	await writeFile(path.join(other.workFolder, '1'), other.passwords.tanadmin);
	await writeFile(path.join(other.workFolder, '2'), other.passwords.tanium);
	const again = await tanos(['replay', script, '--root', other.root, ...secrets]);
	t.is(again.exitCode, 0, again.stderr);
	t.true(await isServed(other));
});

test('a console that is killed leaves a recording', async t => {
	const {root, workFolder} = await makeAppliance(t);
	const cast = path.join(workFolder, 'killed.cast');
	const program = opened(process.execPath, [tanosFile, '--root', root, '--cast', cast], workFolder);
	t.teardown(async () => program.kill());
	await program.shows('Login:');
	process.kill(program.pid, 'SIGKILL');
	await program.ended;
	const lines = (await readFile(cast, 'utf8')).trimEnd().split('\n');
	t.regex(lines.map(line => JSON.stringify(JSON.parse(line))).join(''), /Login:/);
});

testWith('mount')('a full disk does not end the console', async t => {
	const {root, passwords} = await makeAppliance(t);
	const disk = await smallDisk(t, 1);
	const cast = path.join(disk, 'cut.cast');
	await using console = await launch(process.execPath, [tanosFile, '--root', root, '--cast', cast], {readyMarks: true});
	await console.waitFor(/Login:/);
	await fill(disk);
	for (const text of ['tanadmin', passwords.tanadmin, '4', '', 'Z']) {
		await console.type(text);
		await console.press('Enter');
	}

	t.is(await console.waitForExit(), 0);
	t.regex(console.text, /cut\.cast ends before the session: The disk is full/);
	await free(disk);
	const lines = (await readFile(cast, 'utf8')).trimEnd().split('\n');
	t.notThrows(() => lines.map(line => JSON.parse(line) as unknown));
});

test('a file that exists, and what would show the first passwords, are refused', async t => {
	const appliance = await makeAppliance(t);
	const existing = path.join(appliance.workFolder, 'mine');
	await writeFile(existing, 'mine');
	const inPipe = await tanos(['--root', appliance.root, '--cast', path.join(appliance.workFolder, 'a.cast')]);
	t.is(inPipe.exitCode, 1);
	t.regex(inPipe.stderr, /--cast needs a terminal/);
	for (const [root, cast, message] of [
		[appliance.root, existing, /mine exists already/],
		[path.join(appliance.workFolder, 'none'), 'a.cast', /would show its first passwords/],
	] as const) {
		const tape = parseTape('Set ReadyMark false\nWait+Exit', 'x.tape');
		const words = [tanosFile, '--root', root, '--cast', cast];
		const {exitCode, lastScreen} = await play(tape, {command: process.execPath, arguments: words, cwd: appliance.workFolder, columns: 300});
		t.is(exitCode, 1);
		t.regex(lastScreen, message);
	}

	t.is(await readFile(existing, 'utf8'), 'mine');
});
