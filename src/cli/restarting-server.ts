// Runs `tanos serve` as a child process and restarts it when it exits unexpectedly, so that a crash costs only the open connections.
// A server that was stopped, or that never became ready, is not restarted.
import type {ChildProcess} from 'node:child_process';
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
import {sshDaemon} from './sandbox.js';

/** Unexpected exits within a minute after which the server is not restarted. */
const maxDeaths = 5;
const windowMs = 60_000;

/** How a server ended. */
type ServerEnd = {pid: number | undefined; wasReady: boolean; code: number | null; signal: NodeJS.Signals | null};

type Server = {/** Resolves when it is ready or has ended. */ settled: Promise<unknown>; ended: Promise<ServerEnd>};

/** Serves until the server is stopped. Resolves with its exit code. */
export async function serveWithRestarts(layout: Layout): Promise<number> {
	if (!(await onRecord())) {
		return exitCodes.no;
	}

	let deaths: number[] = [];
	let server: Server | undefined = startServer(layout); // Whoever started this program holds the lock until the server is ready.
	for (;;) {
		const end = await server.ended;
		const code = end.code ?? exitCodes.no;
		if (end.code === exitCodes.done || !end.wasReady) {
			return code;
		}

		const now = performance.now(); // The time of day may be set meanwhile.
		deaths = [...deaths.filter(death => now - death < windowMs), now];
		server = await startAgain(layout, end, deaths.length <= maxDeaths);
		if (!server) {
			return code;
		}
	}
}

/**
 * Starts the server that has died again, under the lock for starting and stopping it, until it is ready. Undefined when it was stopped on
 * purpose (its record is gone), when somebody else has started one meanwhile, or when it may not be restarted.
 */
async function startAgain(layout: Layout, {pid, code, signal}: ServerEnd, mayRestart: boolean): Promise<Server | undefined> {
	await using _lock = await lockDaemon(layout, 'serve');
	if (!existsSync(path.join(layout.run, 'serve.json')) || (await sshDaemon(layout).state())) {
		return undefined;
	}

	await auditOrKeep(layout, {event: 'ssh-server-died', pid, result: signal ?? `exit code ${code}`, restarted: mayRestart});
	if (!mayRestart) {
		return undefined;
	}

	const server = startServer(layout);
	await server.settled;
	return server;
}

function startServer({root}: Layout): Server {
	const words = [...process.execArgv, path.join(packageRoot(), 'bin', 'tanos.js'), 'serve', '--root', root];
	const {nodeChildProcess: child} = execa(process.execPath, words, {
		env: backgroundEnvironment,
		reject: false,
		buffer: false,
		cleanup: false,
		stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
	});
	child.stdin?.on('error', () => undefined).end('\n'); // The server records itself once it listens.
	let wasReady = false;
	const ready = once(child.stdio[3] as Readable, 'data').then(() => {
		wasReady = true;
		tellReady();
	});
	const exited = passSignals(child).then(end => ({pid: child.pid, wasReady, ...end}));
	return {settled: Promise.race([ready, exited]), ended: exited};
}

/** Sends it the signals that this process gets to stop, until it ends. Resolves with how it ended. */
async function passSignals(child: ChildProcess): Promise<Pick<ServerEnd, 'code' | 'signal'>> {
	const stop = (signal: NodeJS.Signals) => child.kill(signal);
	const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
	for (const signal of signals) {
		process.on(signal, stop);
	}

	const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
	for (const signal of signals) {
		process.off(signal, stop);
	}

	return {code, signal};
}
