// A program that outlives the console that started it, and that any later console can find and stop.
import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import type {Layout} from '../appliance/layout.js';
import {lockFile} from '../appliance/lock.js';
import {hasCode, Problem} from '../problem.js';
import {launch} from './launch.js';
import {recordRunning, runningIn, type Running} from './pid-file.js';

export type DaemonOptions = {
	name: string;
	/** The program's path and its arguments. It reports readiness by a line feed on the descriptor in TANOS_NOTIFY_FD. */
	argv: readonly [string, ...string[]];
	/** The file that its output is appended to. */
	log: string;
	layout: Layout;
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
}

/** A daemon of this appliance, identified by its name. Starts and stops from several consoles are serialized. */
export function processDaemon({name, argv, log, layout, timeoutMs = {}}: DaemonOptions): Daemon {
	const file = path.join(layout.run, `${name}.json`);
	const {start: startTimeoutMs = 20_000, stop: stopTimeoutMs = 10_000} = timeoutMs;

	const start = async () => {
		if (await runningIn(file)) {
			return;
		}

		await launch({name, argv, log, timeoutMs: startTimeoutMs, started: async pid => recordRunning(file, pid)});
	};

	const stop = async () => {
		await endProcess(name, file, stopTimeoutMs);
		await rm(file, {force: true});
	};

	const inTurn =
		(...actions: Array<() => Promise<void>>) =>
		async () => {
			await mkdir(layout.run, {recursive: true, mode: 0o700});
			await using _lock = await lockFile(file);
			for (const action of actions) {
				await action();
			}
		};

	const adopt = async (pid: number) => {
		await mkdir(layout.run, {recursive: true, mode: 0o700});
		await recordRunning(file, pid);
	};

	return {adopt, state: async () => runningIn(file), start: inTurn(start), stop: inTurn(stop), restart: inTurn(stop, start)};
}

async function endProcess(name: string, file: string, timeoutMs: number): Promise<void> {
	const running = await runningIn(file);
	if (!running) {
		return;
	}

	try {
		if ((await goneAfter('SIGTERM', running.pid, file, timeoutMs)) || (await goneAfter('SIGKILL', running.pid, file, 2000))) {
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

async function goneAfter(signal: NodeJS.Signals, pid: number, file: string, timeoutMs: number): Promise<boolean> {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (!hasCode(error, 'ESRCH')) {
			throw error;
		}
	}

	const deadline = performance.now() + timeoutMs;
	while (await runningIn(file)) {
		if (performance.now() > deadline) {
			return false;
		}

		await delay(10);
	}

	return true;
}
