// Runs a benchmark in its own process group and temporary folder. However it ends (done, failed, out of time, stopped by a signal),
// the clean-up is the same: the group is killed, then other processes that belong to the folder, then the folder is removed.
import {fork, type ChildProcess} from 'node:child_process';
import {mkdtemp} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {Benchmark, Result} from './benchmark.js';
import type {Message} from './child.js';
import type {Figure} from './figure.js';
import {folderPrefix, killIfThere, removeFolder} from './processes.js';
import {describeMissing} from './programs.js';

export type RunOptions = {
	/** Stops the benchmark when it is aborted. */
	signal: AbortSignal;
	/** Replaces the benchmark's own time limit. */
	limitSeconds?: number | undefined;
	/** Called with each figure as soon as it is measured. */
	onFigure?: (figure: Figure) => void;
};

/** Runs a benchmark. Rejects only when its processes or its folder cannot be removed; the message names them. */
export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<Result> {
	const missing = describeMissing(benchmark.needs) ?? missingRights(benchmark);
	if (missing !== undefined) {
		return {outcome: 'skipped', figures: [], seconds: 0, reason: missing};
	}

	const started = performance.now();
	const folder = await mkdtemp(path.join(os.tmpdir(), folderPrefix));
	const figures: Figure[] = [];
	try {
		const ending = await inChild(benchmark, folder, figures, options);
		return {...ending, figures, seconds: Math.round((performance.now() - started) / 100) / 10};
	} finally {
		await removeFolder(folder);
	}
}

function missingRights({needsRoot = false}: Benchmark): string | undefined {
	return needsRoot && process.getuid?.() !== 0 ? 'needs root' : undefined;
}

type Ending = Pick<Result, 'outcome' | 'reason' | 'stack'>;

/** Runs the benchmark until it ends, its time is up or the signal is aborted; then kills its process group. */
async function inChild({module, limitSeconds}: Benchmark, folder: string, figures: Figure[], options: RunOptions): Promise<Ending> {
	const child = fork(fileURLToPath(new URL('child.js', import.meta.url)), [module, folder], {
		detached: true,
		env: {...process.env, TMPDIR: folder},
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	const onFigure = (figure: Figure) => {
		figures.push(figure);
		options.onFigure?.(figure);
	};

	const settled = new AbortController();
	const ending = await Promise.race([
		endOf(child, onFigure),
		crashOf(child),
		limitOf(options.limitSeconds ?? limitSeconds, settled.signal),
		stopOf(options.signal, settled.signal),
	]);
	settled.abort();
	if (child.pid !== undefined) {
		killIfThere(-child.pid);
	}

	return ending;
}

/** Resolves when the child reports that it is done or has failed. */
async function endOf(child: ChildProcess, onFigure: (figure: Figure) => void): Promise<Ending> {
	return new Promise(resolve => {
		child.on('message', (message: Message) => {
			if ('figure' in message) {
				onFigure(message.figure);
			} else {
				const {failure, stack} = message;
				resolve(failure === undefined ? {outcome: 'measured'} : {outcome: 'failed', reason: failure, ...(stack && {stack})});
			}
		});
	});
}

/** Resolves when the time is up. The timer is cleared once `settled` is aborted. */
async function limitOf(seconds: number, settled: AbortSignal): Promise<Ending> {
	return new Promise(resolve => {
		const timer = setTimeout(() => {
			resolve({outcome: 'failed', reason: `did not end within its limit of ${seconds} s and was stopped`});
		}, seconds * 1000);
		settled.addEventListener('abort', () => {
			clearTimeout(timer);
		});
	});
}

/** Resolves when the signal is aborted, or if it already is. */
async function stopOf(signal: AbortSignal, settled: AbortSignal): Promise<Ending> {
	return new Promise(resolve => {
		const stop = () => {
			resolve({outcome: 'stopped'});
		};

		signal.addEventListener('abort', stop, {signal: settled});
		if (signal.aborted) {
			stop();
		}
	});
}

/** Resolves when the process ends before it is killed, which happens only after a failure. */
async function crashOf(child: ChildProcess): Promise<Ending> {
	let errors = '';
	child.stderr?.on('data', (part: Buffer) => {
		errors = (errors + String(part)).slice(-2000);
	});
	return new Promise(resolve => {
		child.once('error', error => {
			resolve({outcome: 'failed', reason: error.message});
		});
		child.once('close', (code, signal) => {
			resolve({outcome: 'failed', reason: `ended with ${signal ?? `exit code ${code}`}: ${errors.trim() || 'no message'}`});
		});
	});
}
