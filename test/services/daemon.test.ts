import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {layoutOf} from '../../src/appliance/layout.js';
import {Problem} from '../../src/problem.js';
import {type Daemon, type DaemonOptions, processDaemon} from '../../src/services/daemon.js';
import {temporaryFolder} from '../helpers/sandbox.js';

const printReady = 'require("node:fs").writeSync(Number(process.env.TANOS_NOTIFY_FD), "\\n");';
const stay = 'require("node:net").createServer().listen(0, "127.0.0.1");';

type Fixture = {daemon: Daemon; log: string; options: DaemonOptions; file: string};

async function fixture(t: ExecutionContext, script: string, timeoutMs?: DaemonOptions['timeoutMs']): Promise<Fixture> {
	const layout = layoutOf(await temporaryFolder(t));
	const log = path.join(layout.root, 'logs', 'example.log');
	const options: DaemonOptions = {name: 'example', argv: [process.execPath, '-e', script], log, layout, ...(timeoutMs && {timeoutMs})};
	const daemon = processDaemon(options);
	t.teardown(async () => daemon.stop());
	return {daemon, log, options, file: path.join(layout.run, 'example.json')};
}

/** A process of this test that answers as long as it lives. */
async function bystander(t: ExecutionContext): Promise<{child: ChildProcess & {pid: number}; answers(): Promise<boolean>}> {
	const child = spawn('cat', [], {stdio: ['pipe', 'pipe', 'ignore']});
	await once(child, 'spawn');
	t.teardown(() => child.kill('SIGKILL'));
	return {
		child: child as typeof child & {pid: number},
		async answers() {
			const ended = once(child, 'exit').then(() => false);
			const answer = once(child.stdout, 'data').then(() => true);
			child.stdin.write('x');
			return Promise.race([answer, ended]);
		},
	};
}

/** The fields of /proc/PID/stat from the third, the state, on (proc(5)). */
async function statOf(pid: number): Promise<string[]> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Whether there is no such process, or only what its parent has not waited for yet. */
async function hasEnded(pid: number): Promise<boolean> {
	try {
		return (await statOf(pid))[0] === 'Z';
	} catch {
		return true;
	}
}

test('a start resolves when the program is ready, and a second start at once', async t => {
	const {daemon} = await fixture(t, printReady + stay);
	t.is(await daemon.state(), undefined);
	const before = Date.now();
	await daemon.start();
	const first = await daemon.state();
	t.true(first !== undefined && first.since.getTime() >= before && first.since.getTime() <= Date.now());
	await daemon.start();
	t.deepEqual(await daemon.state(), first);
});

test('two consoles that start it at the same time get one process', async t => {
	const {daemon, options, log} = await fixture(t, `console.log("started"); ${printReady}${stay}`);
	await Promise.all([daemon.start(), processDaemon(options).start(), processDaemon(options).start()]);
	t.is(await readFile(log, 'utf8'), 'started\n');
});

test('a stop ends the process and removes its pid file', async t => {
	const {daemon, file} = await fixture(t, printReady + stay);
	await daemon.start();
	const {pid = 0} = (await daemon.state()) ?? {};
	await daemon.stop();
	t.is(await daemon.state(), undefined);
	t.true(await hasEnded(pid));
	await t.throwsAsync(readFile(file), {code: 'ENOENT'});
});

test('a program that ignores SIGTERM is killed', async t => {
	const {daemon} = await fixture(t, `process.on("SIGTERM", () => console.log("no")); ${printReady}${stay}`, {stop: 1});
	await daemon.start();
	await daemon.stop();
	t.is(await daemon.state(), undefined);
});

test('a program that ends before it is ready is a problem with its last line of output', async t => {
	const script = 'console.log("one"); console.log("2027-01-01T00:00:00.000Z The port is in use."); process.exit(1);';
	const {daemon, log} = await fixture(t, script);
	await mkdir(path.dirname(log));
	await writeFile(log, 'an older run said this\n');
	const problem = await t.throwsAsync(daemon.start(), {instanceOf: Problem, code: 'service-failed'});
	t.is(problem.message, 'example did not start: The port is in use.');
	t.true(problem.hint.includes(log));
	t.is(await daemon.state(), undefined);
});

test('a program that ends without output is a problem that says how it ended', async t => {
	const {daemon, log} = await fixture(t, 'process.kill(process.pid, "SIGKILL")');
	await mkdir(path.dirname(log));
	await writeFile(log, 'an older run said this\n');
	const problem = await t.throwsAsync(daemon.start(), {instanceOf: Problem, code: 'service-failed'});
	t.is(problem.message, 'example did not start: it ended with SIGKILL.');
});

test('a program that does not become ready in time is killed', async t => {
	const {daemon} = await fixture(t, stay, {start: 300});
	const problem = await t.throwsAsync(daemon.start(), {instanceOf: Problem, code: 'service-failed'});
	t.is(problem.message, 'example did not start: it was not ready after 0.3 seconds.');
	await daemon.stop();
	t.is(await daemon.state(), undefined);
});

test('a program that does not exist is a problem', async t => {
	const {options} = await fixture(t, '');
	const daemon = processDaemon({...options, argv: ['/nowhere/program']});
	await t.throwsAsync(daemon.start(), {instanceOf: Problem, code: 'service-failed', message: /ENOENT/});
});

test('a process that reuses the pid of a dead service is not taken for it, and is not killed', async t => {
	const {daemon, file} = await fixture(t, printReady + stay);
	await daemon.start();
	const recorded = JSON.parse(await readFile(file, 'utf8')) as {pid: number};
	await daemon.stop();
	const {child, answers} = await bystander(t);
	await writeFile(file, JSON.stringify({...recorded, pid: child.pid}));
	t.is(await daemon.state(), undefined);
	await daemon.stop();
	t.true(await answers());
});

test('a process recorded before a reboot is not taken for the service', async t => {
	const {daemon, file} = await fixture(t, printReady + stay);
	await daemon.start();
	const recorded = await readFile(file, 'utf8');
	await writeFile(file, JSON.stringify({...(JSON.parse(recorded) as object), boot: 'another'}));
	t.is(await daemon.state(), undefined);
	await writeFile(file, recorded);
	t.truthy(await daemon.state());
});

test('a damaged pid file names no process', async t => {
	const {daemon, file} = await fixture(t, printReady + stay);
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, '{"pid":');
	t.is(await daemon.state(), undefined);
	await daemon.start();
	t.truthy(await daemon.state());
});

test('a zombie does not count as running', async t => {
	const layout = layoutOf(await temporaryFolder(t));
	const file = path.join(layout.run, 'example.json');
	// A shell that replaces itself by a program which never waits for its child: the child stays a zombie.
	const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec cat'], {stdio: ['pipe', 'pipe', 'ignore', 'pipe']});
	t.teardown(() => parent.kill('SIGKILL'));
	const [printed] = (await once(parent.stdout!, 'data')) as [Buffer];
	const pid = Number(printed.toString());
	const daemon = processDaemon({name: 'example', argv: ['true'], log: path.join(layout.root, 'log'), layout});
	const ticks = (await statOf(pid))[22 - 3];
	const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
	await mkdir(layout.run, {recursive: true});
	await writeFile(file, JSON.stringify({pid, ticks, boot, since: new Date().toISOString()}));
	t.is((await daemon.state())?.pid, pid);
	await daemon.stop();
	t.is((await statOf(pid))[0], 'Z');
});

test('it keeps running when the console that started it has ended', async t => {
	const {daemon, options} = await fixture(t, printReady + stay);
	const module = new URL('../../src/services/daemon.js', import.meta.url).href;
	await promisify(execFile)(process.execPath, [
		'--input-type=module',
		'-e',
		`
		const {processDaemon} = await import(${JSON.stringify(module)});
		await processDaemon(${JSON.stringify(options)}).start();
	`,
	]);
	const {pid = 0} = (await daemon.state()) ?? {};
	t.is((await statOf(pid))[6 - 3], String(pid), 'it leads a session of its own, which no terminal hangs up');
});

test('it inherits only PATH and HOME from the environment', async t => {
	const {daemon, log} = await fixture(t, `console.log(Object.keys(process.env).sort().join()); ${printReady}${stay}`);
	await daemon.start();
	const kept = ['HOME', 'PATH'].filter(name => process.env[name] !== undefined);
	t.is(await readFile(log, 'utf8'), `${[...kept, 'TANOS_AWAIT_RECORD', 'TANOS_NOTIFY_FD'].join()}\n`);
});
