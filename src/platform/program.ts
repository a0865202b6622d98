// What the three programs have in common: one argument, one log, readiness told on a descriptor, an end on SIGTERM, and
// a failure that is one clear line. They are entry points, so here (and only here) something prints and exits.
import {existsSync} from 'node:fs';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {onRecord, tellReady} from '../appliance/background.js';
import {type Identity, readIdentity} from '../appliance/identity.js';
import {type Layout, layoutOf} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import type {Listener} from './listener.js';

export type ProgramContext = {layout: Layout; identity: Identity; log: (line: string) => void};
type Start = (context: ProgramContext) => Promise<Listener>;

/** Runs a program: `start` resolves when it listens. Ends the process with 0 after SIGTERM, with 1 after a failure. */
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
		throw new Problem('usage', 'Say which appliance: --root DIR');
	}

	if (!(await onRecord())) {
		return;
	}

	const layout = layoutOf(values.root);
	const listener = await start({layout, identity: await readIdentity(layout), log});
	const end = async () => {
		await listener.end();
		log('Stopped.');
		process.exit(0);
	};
	const stop = () => void end();
	process.once('SIGTERM', stop).once('SIGINT', stop);
	endWith(layout, end);
	log(`Ready on 127.0.0.1:${listener.port}.`);
	tellReady();
}

/** Ends the program with one line that says why; what nobody foresaw also leaves its stack above that line. */
export function fail(error: unknown): never {
	if (!(error instanceof Problem) && error instanceof Error && error.stack) {
		process.stdout.write(`${error.stack}\n`);
	}

	log(error instanceof Error ? error.message : String(error));
	process.exit(1);
}

/** One line with its time. Text from outside may hold line ends, which would make a second line. */
function log(line: string): void {
	process.stdout.write(`${new Date().toISOString()} ${line.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()}\n`);
}

/** How often a program looks whether its appliance is still there, in milliseconds. */
const lookout = 5000;

/** A sandbox is a folder: when somebody deletes it, its processes go too. */
function endWith(layout: Layout, end: () => Promise<void>): void {
	setInterval(() => {
		if (!existsSync(layout.identity)) {
			void end();
		}
	}, lookout).unref();
}
