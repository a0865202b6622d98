import os from 'node:os';
import process from 'node:process';
import {readIdentity, type Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {commandFor, commands} from '../tanos-commands/table.js';
import {runCommand} from '../tanos-commands/run.js';
import {processServices} from '../services/processes.js';
import {layoutFor, UsageError} from './command.js';
import {suggestion} from './suggest.js';
import {consoleEnvironmentOf} from './environment.js';
import {siteOf} from './site.js';

/** Whether these words begin as a command of the TanOS command line does. */
export function isTanosCommand(words: readonly string[]): boolean {
	const [first] = withoutRoot(words).rest;
	return commands.some(({name}) => name.split(' ')[0] === first?.toLowerCase());
}

/** The words before a last `help`, when they are a command or the first word of some: its help needs no appliance. */
export function wordsBeforeHelp(words: readonly string[]): string[] | undefined {
	const {rest} = withoutRoot(words);
	const before = rest.slice(0, -1);
	const found = commandFor(before);
	const isHelp = rest.at(-1)?.toLowerCase() === 'help' && (found ? found.length === before.length : before.length === 1);
	return isHelp ? before : undefined;
}

/** The names of the commands of the TanOS command line. */
export function tanosNames(): string[] {
	return commands.map(({name}) => name);
}

/** `tanos WORDS`: the TanOS command line on the appliance itself. A user who can read its files counts as an administrator. */
export async function localCommand(words: readonly string[]): Promise<number> {
	const {root, rest} = withoutRoot(words);
	const layout = layoutFor(root);
	const identity = await identityFor(layout, rest);
	const site = siteOf(layout, identity, processServices(layout, identity.role));
	const environment = consoleEnvironmentOf(site, {greeting: [], from: 'local', bringUp: async () => []});
	const terminal = process.stdin.isTTY && process.stdout.isTTY;
	if (terminal) {
		process.stdin.setRawMode(true); // A secret must not be shown.
	}

	const gone = new AbortController();
	for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
		process.on(signal, () => {
			gone.abort();
			process.stdin.destroy(); // Cancels open questions; work in progress is completed.
		});
	}

	try {
		const session = {...environment, user: {name: os.userInfo().username, role: 'tanadmin' as const}};
		const {stdin: input, stdout: output, stderr: errors} = process;
		return await runCommand(rest, session, {input, output, errors, terminal, signal: gone.signal});
	} finally {
		if (terminal) {
			process.stdin.setRawMode(false);
		}

		process.stdin.destroy();
	}
}

/** Reports an unknown command before looking for the appliance. */
async function identityFor(layout: Layout, words: readonly string[]): Promise<Identity> {
	if (commandFor(words) === undefined) {
		const ofWord = tanosNames().filter(name => name.split(' ')[0] === words[0]?.toLowerCase());
		const meant = suggestion(words.slice(0, 2).join(' '), ofWord);
		throw new UsageError(`There is no command ${words.join(' ')}. Commands: ${ofWord.join(', ')}.${meant}`);
	}

	return readIdentity(layout);
}

function withoutRoot(words: readonly string[]): {root: string | undefined; rest: string[]} {
	const at = words.findIndex(word => word === '--root' || word.startsWith('--root='));
	if (at === -1) {
		return {root: undefined, rest: [...words]};
	}

	const joined = words[at]!.startsWith('--root=');
	return {root: joined ? words[at]!.slice('--root='.length) : (words[at + 1] ?? ''), rest: words.toSpliced(at, joined ? 1 : 2)};
}
