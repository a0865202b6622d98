// A program that outlives the console that started it, and that any later console can find and stop.
import {mkdir, open, unlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import type {Layout} from '../appliance/layout.js';
import {lockFile} from '../appliance/lock.js';
import {ifPresent} from '../if-present.js';
import {hasCode, messageOf, Problem} from '../problem.js';
import {launch} from './launch.js';
import {findRunning, isRunning, recordRunning, rewriteRecord, runningIn, type Running} from './pid-file.js';

export type DaemonOptions = {
	name: string;
	/** The program's path and its arguments. It reports readiness by a line feed on the descriptor in TANOS_NOTIFY_FD. */
	argv: readonly [string, ...string[]];
	/** The file that its output is appended to. */
	log: string;
	layout: Layout;
	/**
	 * Whether its process is also known by its arguments. A pid file that is lost, damaged or cannot be written then neither hides
	 * the process nor keeps it from being started and stopped.
	 */
	knownByArguments?: boolean;
	/** How long it may take to become ready, and to end after SIGTERM, in milliseconds. */
	timeoutMs?: {start?: number; stop?: number};
};

export interface Daemon {
	/** The process, if it is running. */
	state(): Promise<Running | undefined>;
	/** Resolves when it is ready; at once when it is already running. Rejects with Problem `service-failed`. */
	start(): Promise<void>;
	/** Resolves when its process is gone. A SIGTERM without effect is followed by SIGKILL. Rejects with Problem `service-stuck`. */
	stop(): Promise<void>;
	/** Records a process that was started by other means, such as this one, so that it can be found and stopped. */
	adopt(pid: number): Promise<void>;
	/** Stops, then starts, under one lock. */
	restart(): Promise<void>;
	/** Checks that the pid file and the log can be written. Rejects with Problem `service-uncontrollable`. */
	check(): Promise<void>;
}

/** How long to wait for the lock: longer than a daemon takes to stop and start. */
const lockTimeoutMs = 60_000;

/** Takes the lock under which a daemon is started and stopped, and waits while it is held. Rejects as lockFile() does. */
export async function lockDaemon(layout: Layout, name: string): Promise<AsyncDisposable> {
	return lockFile(layout, recordOf(layout, name), lockTimeoutMs);
}

function recordOf({run}: Layout, name: string): string {
	return path.join(run, `${name}.json`);
}

/** A daemon of this appliance, identified by its name. Starts and stops from several consoles are serialized. */
export function processDaemon({name, argv, log, layout, knownByArguments = false, timeoutMs = {}}: DaemonOptions): Daemon {
	const file = recordOf(layout, name);
	const {start: startTimeoutMs = 20_000, stop: stopTimeoutMs = 10_000} = timeoutMs;
	const optional = async (work: Promise<void>) => (knownByArguments ? work.catch(() => undefined) : work);
	const state = async () => (await runningIn(file)) ?? (knownByArguments ? findRunning(argv) : undefined);

	const start = async () => {
		if (!(await state())) {
			await launch({name, argv, log, timeoutMs: startTimeoutMs, started: async pid => optional(recordRunning(file, pid))});
		}
	};

	const stop = async () => {
		const running = await state();
		if (running) {
			await endProcess(name, running, stopTimeoutMs);
		}

		await optional(ifPresent(async () => unlink(file)));
	};

	const inTurn =
		(...actions: Array<() => Promise<void>>) =>
		async () => {
			await mkdir(layout.run, {recursive: true, mode: 0o700});
			await using _lock = await lockDaemon(layout, name);
			for (const action of actions) {
				await action();
			}
		};

	const adopt = async (pid: number) => {
		await mkdir(layout.run, {recursive: true, mode: 0o700});
		await recordRunning(file, pid);
	};

	const check = inTurn(async () => assertControllable(name, file, log));
	return {adopt, check, state, start: inTurn(start), stop: inTurn(stop), restart: inTurn(stop, start)};
}

async function assertControllable(name: string, file: string, log: string): Promise<void> {
	try {
		await rewriteRecord(file);
		await (await open(log, 'a')).close();
	} catch (error) {
		throw new Problem(
			'service-uncontrollable',
			`${name} could be stopped, but not restarted: ${messageOf(error)}`,
			`Its pid file is ${file}, its log is ${log}. Both must be writable.`,
			{cause: error},
		);
	}
}

async function endProcess(name: string, running: Running, timeoutMs: number): Promise<void> {
	try {
		if ((await goneAfter('SIGTERM', running, timeoutMs)) || (await goneAfter('SIGKILL', running, 2000))) {
			return;
		}
	} catch (error) {
		throw stuck(name, running.pid, error);
	}

	throw stuck(name, running.pid);
}

function stuck(name: string, pid: number, cause?: unknown): Problem {
	const hint = `Inspect it with: ps -o pid,user,stat,wchan -p ${pid}`;
	return new Problem('service-stuck', `${name} (process ${pid}) does not end.`, hint, {cause});
}

async function goneAfter(signal: NodeJS.Signals, running: Running, timeoutMs: number): Promise<boolean> {
	try {
		process.kill(running.pid, signal);
	} catch (error) {
		if (!hasCode(error, 'ESRCH')) {
			throw error;
		}
	}

	const deadline = performance.now() + timeoutMs;
	while (await isRunning(running)) {
		if (performance.now() > deadline) {
			return false;
		}

		await delay(10);
	}

	return true;
}
