import './prepare-for-ink.js';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {openConsole} from '../../screens/open.js';
import {readIdentity, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {Session, type Ending} from '../console/session.js';
import {Problem} from '../problem.js';
import {exitCodes, layoutFor, print, rootOption} from './command.js';
import {worldOf} from './world.js';

const farewells: Record<Ending, string> = {
	'signed-out': 'Signed out.',
	refused: 'Nobody was signed in.',
	gone: 'The terminal went away.',
	idle: 'Signed out: nobody pressed a key for too long.',
	crashed: 'The session ended because of a fault in the console.',
};

/** `tanos`: the console of this machine's appliance. The first time it makes a sandbox, and says so. */
export async function consoleCommand(words: string[]): Promise<number> {
	const {values} = parseArgs({args: words, options: rootOption});
	mustBeTerminal();
	const layout = layoutFor(values.root);
	const {identity, greeting} = await identityOrNew(layout);
	const ending = await open(layout, identity, greeting);
	print(farewells[ending], `The sandbox ${identity.name} keeps running. To stop it:`, `  ${ownName()} appliance stop --root '${layout.root}'`);
	return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
}

/** How this command was called, so that a line can be copied: from a clone there is no `tanos` on the PATH. */
function ownName(): string {
	const file = process.argv[1] ?? 'tanos';
	return path.basename(file) === 'tanos.js' ? `node ${path.relative(process.cwd(), file)}` : 'tanos';
}

function mustBeTerminal(): void {
	if (!process.stdin.isTTY || !process.stdout.isTTY || process.env['TERM'] === 'dumb') {
		throw new Problem('no-terminal', 'The console needs a terminal that can move its cursor.', 'Run it in one, or play keys into it: tanos replay FILE.tape');
	}
}

async function identityOrNew(layout: Layout): Promise<{identity: Identity; greeting: string[]}> {
	try {
		return {identity: await readIdentity(layout), greeting: []};
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'no-appliance') {
			throw error;
		}
	}

	const {createSandbox, describeSandbox} = await import('./sandbox.js');
	print('There is no appliance yet. Making a sandbox ...');
	const sandbox = await createSandbox(layout, {name: 'ts1.example.com', authorizedKeys: []});
	const greeting = [...describeSandbox(layout, sandbox), ...sandbox.failures];
	print(...greeting);
	return {identity: sandbox.identity, greeting};
}

async function open(layout: Layout, identity: Identity, greeting: string[]): Promise<Ending> {
	const shown = Promise.withResolvers<void>();
	const size = {columns: process.stdout.columns || 80, rows: process.stdout.rows || 24};
	const session = new Session(worldOf(layout, identity, {greeting, shown: shown.promise}), size);
	for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
		// What is under way goes on to its end; only then does the process end.
		process.on(signal, () => {
			session.store.hangUp();
		});
	}

	return openConsole(session, {
		stdin: process.stdin, stdout: process.stdout, marks: process.env['TANOS_READY_MARK'] === '1', shown: shown.resolve,
	});
}
