import {exitCodes} from '../exit-codes.js';
import path from 'node:path';
import process from 'node:process';
import {openConsole} from '../../screens/open.js';
import {readIdentity, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {LineReader} from '../console/line-reader.js';
import {plainSession} from '../console/plain-front-end.js';
import {screenSession} from '../console/screen-front-end.js';
import type {Ending} from '../console/ending.js';
import type {ConsoleEnvironment} from '../console/environment.js';
import {Problem} from '../problem.js';
import {layoutFor, print} from './command.js';
import {servicesLater, consoleEnvironmentOf} from './environment.js';
import {farewells} from './farewells.js';
import type {Opened} from './first-start.js';
import {siteOf} from './site.js';
import {hasScreen, onSignals} from './terminal.js';

/** `tanos`: the console of this machine's appliance. The first time it creates a sandbox, and says so. */
export async function consoleCommand(root: string | undefined): Promise<number> {
	const {layout, identity, greeting} = await openedOrNew(layoutFor(root), root);
	const ending = hasScreen() ? await open(layout, identity, greeting) : await openInLines(layout, identity, greeting);
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

async function open(layout: Layout, identity: Identity, greeting: string[]): Promise<Ending> {
	const shown = Promise.withResolvers<void>();
	const size = {columns: process.stdout.columns || 80, rows: process.stdout.rows || 24};
	const session = screenSession(localEnvironment(layout, identity, greeting, shown.promise), size);
	onSignals(() => {
		session.store.hangUp();
	});
	return openConsole(session, {
		stdin: process.stdin,
		stdout: process.stdout,
		marks: process.env['TANOS_READY_MARK'] === '1',
		shown: shown.resolve,
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
