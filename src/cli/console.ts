import {exitCodes} from '../exit-codes.js';
import path from 'node:path';
import process from 'node:process';
import {openConsole} from '../../screens/open.js';
import {readIdentity, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {LineReader} from '../console/line-reader.js';
import {plainSession} from '../console/plain-front-end.js';
import {screenSession, type ScreenSession} from '../console/screen-front-end.js';
import type {Ending} from '../console/ending.js';
import type {ConsoleEnvironment} from '../console/environment.js';
import {Problem} from '../problem.js';
import {layoutFor, print} from './command.js';
import {servicesLater, consoleEnvironmentOf} from './environment.js';
import {farewells} from './farewells.js';
import type {Opened} from './first-start.js';
import type {ConsoleRecording} from './record-console.js';
import {siteOf} from './site.js';
import {hasScreen, onSignals} from './terminal.js';

/**
 * `tanos`: the console of this machine's appliance, recorded to `cast`. The first time it creates a sandbox, and says so; that is not
 * recorded, because it shows passwords. Rejects with Problem `not-recordable`, `recording-exists` or `cast-not-written`.
 */
export async function consoleCommand(root: string | undefined, cast?: string): Promise<number> {
	const {layout, identity, greeting} = await (cast === undefined ? openedOrNew(layoutFor(root), root) : openedToRecord(layoutFor(root)));
	const ending = hasScreen() ? await open(layout, identity, greeting, cast) : await openInLines(layout, identity, greeting);
	print(farewells[ending]);
	print(`The sandbox ${identity.name} keeps running. To stop it:`, `  ${ownName()} appliance stop --root '${layout.root}'`);
	return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
}

/**
 * How this command was called, so that a printed line can be copied: in a clone there is no `tanos` on the PATH, and the `node` there may
 * be older than the one that the clone has installed and runs on.
 */
function ownName(): string {
	const file = process.argv[1] ?? 'tanos';
	if (path.basename(file) !== 'tanos.js') {
		return 'tanos';
	}

	const isInstalledHere = process.execPath.startsWith(path.resolve(file, '..', '..', 'node_modules') + path.sep);
	return `${isInstalledHere ? path.relative(process.cwd(), process.execPath) : 'node'} ${path.relative(process.cwd(), file)}`;
}

/** The first time, a question decides what is made; only at a terminal, and only for the default folder. */
async function openedOrNew(layout: Layout, root: string | undefined): Promise<Opened> {
	try {
		return {layout, identity: await readIdentity(layout), greeting: []};
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'no-appliance') {
			throw error;
		}
	}

	const {askWhatToMake, makeAllInOne} = await import('./first-start.js');
	const isDefault = root === undefined && !process.env['TANOS_ROOT'];
	return isDefault && hasScreen() ? askWhatToMake(layout) : makeAllInOne(layout);
}

/** What can be recorded: an appliance that exists, on a terminal. */
async function openedToRecord(layout: Layout): Promise<Opened> {
	if (!hasScreen()) {
		throw new Problem('not-recordable', '--cast needs a terminal that can move its cursor.', 'Use a TERM such as xterm, and no pipe.');
	}

	try {
		return {layout, identity: await readIdentity(layout), greeting: []};
	} catch (error) {
		throw error instanceof Problem && error.code === 'no-appliance'
			? new Problem('not-recordable', `${error.message} A recording would show its first passwords.`, 'Make one without --cast first.')
			: error;
	}
}

async function open(layout: Layout, identity: Identity, greeting: string[], cast: string | undefined): Promise<Ending> {
	const shown = Promise.withResolvers<void>();
	const size = {columns: process.stdout.columns || 80, rows: process.stdout.rows || 24};
	const recording = cast === undefined ? undefined : (await import('./record-console.js')).startRecording(cast, size, identity.name);
	const session = screenSession(localEnvironment(layout, identity, greeting, shown.promise), size);
	const ending = await openRecorded(session, shown.resolve, recording);
	if (recording?.endedEarly !== undefined) {
		print(`${cast} ends before the session: ${recording.endedEarly}`);
	}

	return ending;
}

async function openRecorded(session: ScreenSession, shown: () => void, recording: ConsoleRecording | undefined): Promise<Ending> {
	using _recording = recording?.record(session, process.stdout);
	onSignals(() => {
		session.store.hangUp();
	});
	return await openConsole(session, {
		stdin: process.stdin,
		stdout: process.stdout,
		marks: process.env['TANOS_READY_MARK'] === '1',
		shown,
	});
}

/** The same menus and questions in plain lines, for a pipe and for a terminal that only prints. */
async function openInLines(layout: Layout, identity: Identity, greeting: string[]): Promise<Ending> {
	const {stdin, stdout} = process;
	const lines = new LineReader(stdin, {echo: stdin.isTTY ? stdout : undefined});
	const environment = localEnvironment(layout, identity, greeting, Promise.resolve());
	const session = plainSession(environment, {lines, output: stdout, lineEnd: stdin.isTTY ? '\r\n' : '\n'});
	onSignals(() => {
		lines.end();
	});
	stdin.setRawMode?.(true);
	try {
		return await session.ended;
	} finally {
		stdin.setRawMode?.(false);
		stdin.destroy();
	}
}

/** Nothing that takes time starts before `shown`, when the first frame is on the screen. */
function localEnvironment(layout: Layout, identity: Identity, greeting: string[], shown: Promise<void>): ConsoleEnvironment {
	const site = siteOf(layout, identity, servicesLater(layout, identity.role));
	return consoleEnvironmentOf(site, {
		greeting,
		from: 'console',
		async bringUp(conversation) {
			await shown;
			const {bringUp} = await import('./bring-up.js');
			return bringUp(site, async (title, work) => conversation.step(title, work));
		},
	});
}
