// What the three programs share: one argument, one log, which is standard output, a readiness notification on a file descriptor, a
// clean exit on SIGTERM, and failures logged in one line. They are entry points, so this is the only file here that prints and exits.
import {existsSync} from 'node:fs';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {onRecord, tellReady} from '../appliance/background.js';
import {type Identity, readIdentity} from '../appliance/identity.js';
import {type Layout, layoutOf} from '../appliance/layout.js';
import {logLine} from '../appliance/output-log.js';
import {Problem} from '../problem.js';
import {limitedLog, type Log} from './limited-log.js';
import type {Listener} from './listener.js';
import {PasswordGuard} from './password-guard.js';

export type ProgramContext = {
	layout: Layout;
	identity: Identity;
	log: Log;
	/** For events that anyone on the network can cause. */
	logLimited: Log;
	passwords: PasswordGuard;
};
type Start = (context: ProgramContext) => Promise<Listener>;

/** Runs a program: `start` resolves when it is listening. Exits with 0 after SIGTERM, with 1 after a failure. */
export async function runProgram(start: Start): Promise<void> {
	process.on('uncaughtException', fail);
	try {
		await run(start);
	} catch (error) {
		fail(error);
	}
}

async function run(start: Start): Promise<void> {
	const {values} = parseArgs({options: {root: {type: 'string'}}});
	if (values.root === undefined) {
		throw new Problem('usage', 'Name the folder of the appliance: --root DIR');
	}

	if (!(await onRecord())) {
		return;
	}

	const layout = layoutOf(values.root);
	const listener = await start({
		layout,
		identity: await readIdentity(layout),
		log: logLine,
		logLimited: limitedLog(logLine),
		passwords: new PasswordGuard(),
	});
	const end = async () => {
		await listener.end();
		logLine('Stopped.');
		process.exit(0);
	};
	const stop = () => void end();
	process.once('SIGTERM', stop).once('SIGINT', stop);
	endWith(layout, end);
	logLine(`Ready on ${listener.host}:${listener.port}.`);
	tellReady();
}

/** Logs the reason in one line and exits. For an unexpected error, the stack precedes that line. */
export function fail(error: unknown): never {
	if (!(error instanceof Problem) && error instanceof Error && error.stack) {
		for (const line of error.stack.split('\n')) {
			logLine(line);
		}
	}

	logLine(error instanceof Error ? error.message : String(error));
	process.exit(1);
}

/** How often a program checks that its appliance still exists, in milliseconds. */
const existenceCheckMs = 5000;

/** Ends the program when its sandbox folder is deleted. */
function endWith(layout: Layout, end: () => Promise<void>): void {
	setInterval(() => {
		if (!existsSync(layout.identity)) {
			void end();
		}
	}, existenceCheckMs).unref();
}
