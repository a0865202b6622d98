// Starts a program that outlives the console, and waits until it reports that it is ready.
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, open, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {Readable} from 'node:stream';
import {execa} from 'execa';
import {backgroundEnvironment} from '../appliance/background.js';
import {Problem} from '../problem.js';

export type Launch = {
	name: string;
	/** The program's path and its arguments. */
	argv: readonly [string, ...string[]];
	/** The file that its output is appended to. */
	log: string;
	/** How long it may take to become ready, in milliseconds. */
	timeoutMs: number;
	/** Called once the process exists, before it is ready. */
	started(pid: number): Promise<void>;
};

/** Resolves when the program is ready. Rejects with Problem `service-failed`, whose message holds the last line it logged. */
export async function launch({name, argv: [file, ...words], log, timeoutMs, started}: Launch): Promise<void> {
	await using output = await openLog(log);
	const {size} = await output.stat();
	const toLog = output.createWriteStream({autoClose: false});
	const {nodeChildProcess: child} = execa(file, words, {
		cwd: '/',
		detached: true,
		cleanup: false,
		env: smallEnvironment(),
		extendEnv: false,
		reject: false,
		buffer: false,
		stdio: ['pipe', toLog, toLog, 'pipe'],
	});
	const ending = endingOf(child, timeoutMs);
	try {
		if (child.pid !== undefined) {
			await started(child.pid);
			child.stdin?.end('\n'); // The pid file is written: the program may run.
		}
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}

	const ended = await ending;
	if (ended !== undefined) {
		const reason = (await lastLine(output, size)) ?? ended;
		throw new Problem('service-failed', `${name} did not start: ${reason}`, `Its log says more: ${log}`);
	}
}

/** The log, or /dev/null when it cannot be opened: a service without a log is better than none. */
async function openLog(log: string): Promise<FileHandle> {
	try {
		await mkdir(path.dirname(log), {recursive: true});
		return await open(log, 'a+', 0o640);
	} catch {
		return open('/dev/null', 'r+');
	}
}

/** Undefined when it became ready, otherwise how it ended. Afterwards the child no longer keeps this process alive. */
async function endingOf(child: ChildProcess, timeoutMs: number): Promise<string | undefined> {
	const readiness = child.stdio[3] as Readable;
	const settled = new AbortController();
	const options = {signal: settled.signal};
	const {promise: late, resolve} = Promise.withResolvers<string>();
	const timer = setTimeout(() => {
		child.kill('SIGKILL');
		resolve(`it was not ready after ${timeoutMs / 1000} seconds.`);
	}, timeoutMs);
	try {
		return await Promise.race([
			late,
			once(readiness, 'data', options).then(() => undefined),
			once(child, 'exit', options).then(([code, signal]) => `it ended with ${signal ?? `exit code ${code}`}.`),
		]);
	} catch (error) {
		return `${error instanceof Error ? error.message : String(error)}.`;
	} finally {
		clearTimeout(timer);
		settled.abort();
		readiness.destroy();
		child.unref();
	}
}

/** The last line that the program logged in this run, without its timestamp, or the whole error message of a `tanos` command. */
async function lastLine(log: FileHandle, from: number): Promise<string | undefined> {
	const {size} = await log.stat();
	const begin = size < from ? 0 : from; // The program has rotated its log.
	const length = Math.min(size - begin, 4096);
	const {buffer} = await log.read(Buffer.alloc(length), 0, length, size - length);
	const lines = buffer
		.toString('utf8')
		.trimEnd()
		.split('\n')
		.filter(line => !/^(?:Node\.js v[\d.]+)?$/.test(line));
	const complaint = lines.findLastIndex(line => line.startsWith('tanos: '));
	const last = complaint < 0 ? lines.at(-1) : lines.slice(complaint).join(' ').replace('tanos: ', '');
	return last?.replace(/^\d{4}-\S+Z /, '') || undefined;
}

/** The environment of a service. Nothing else that the caller exports may affect the service or stay in its memory. */
function smallEnvironment(): NodeJS.ProcessEnv {
	const {PATH, HOME} = process.env;
	return {...(PATH !== undefined && {PATH}), ...(HOME !== undefined && {HOME}), ...backgroundEnvironment};
}
