// Runs `tanos serve` as a child process and restarts it when it exits unexpectedly, so that a crash costs only the open connections.
// A server that was stopped, or that never became ready, is not restarted.
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Readable} from 'node:stream';
import {execa} from 'execa';
import {auditOrKeep} from '../appliance/audit.js';
import {backgroundEnvironment, onRecord, tellReady} from '../appliance/background.js';
import type {Layout} from '../appliance/layout.js';
import {lockDaemon} from '../services/daemon.js';
import {packageRoot} from '../services/package-root.js';
import {exitCodes} from '../exit-codes.js';

/** Unexpected exits within a minute after which the server is not restarted. */
const maxDeaths = 5;
const windowMs = 60_000;

/** How a server ended. */
type ServerEnd = {pid: number | undefined; wasReady: boolean; code: number | null; signal: NodeJS.Signals | null};

/** Serves until the server is stopped. Resolves with its exit code. */
export async function serveWithRestarts(layout: Layout): Promise<number> {
	if (!(await onRecord())) {
		return exitCodes.no;
	}

	let deaths: number[] = [];
	for (;;) {
		const {pid, wasReady, code, signal} = await runServer(layout);
		if (code === exitCodes.done || !wasReady || (await isStopped(layout))) {
			return code ?? exitCodes.no;
		}

		const now = performance.now(); // The time of day may be set meanwhile.
		deaths = [...deaths.filter(death => now - death < windowMs), now];
		const result = signal ?? `exit code ${code}`;
		if (deaths.length > maxDeaths) {
			await auditOrKeep(layout, {event: 'ssh-server-died', pid, result, restarted: false});
			return exitCodes.no;
		}

		await auditOrKeep(layout, {event: 'ssh-server-died', pid, result, restarted: true});
	}
}

async function runServer({root}: Layout): Promise<ServerEnd> {
	const words = [...process.execArgv, path.join(packageRoot(), 'bin', 'tanos.js'), 'serve', '--root', root];
	const {nodeChildProcess: child} = execa(process.execPath, words, {
		env: backgroundEnvironment,
		reject: false,
		buffer: false,
		cleanup: false,
		stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
	});
	const stop = (signal: NodeJS.Signals) => child.kill(signal);
	const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
	for (const signal of signals) {
		process.on(signal, stop);
	}

	let wasReady = false;
	(child.stdio[3] as Readable).once('data', () => {
		wasReady = true;
		tellReady();
	});
	child.stdin?.on('error', () => undefined).end('\n'); // The server records itself once it listens.
	const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
	for (const signal of signals) {
		process.off(signal, stop);
	}

	return {pid: child.pid, wasReady, code, signal};
}

/** Whether the server was stopped on purpose: that removes its record, under this lock. */
async function isStopped(layout: Layout): Promise<boolean> {
	await using _lock = await lockDaemon(layout, 'serve');
	return !existsSync(path.join(layout.run, 'serve.json'));
}
