// The `tanos` command. This and the files beside it are where something prints and exits; nothing below does.
import {exitCodes} from '../exit-codes.js';
import process from 'node:process';
import {sanitise} from '../sanitise.js';
import {Problem} from '../problem.js';
import {UsageError, type Command} from './command.js';
import {prepareForInk} from './prepare-for-ink.js';
import {prepareForSessions} from './prepare-for-sessions.js';

/** Loaded when they are needed, so that the console's first frame waits for nothing else. */
const commands: Record<string, () => Promise<Command>> = {
	appliance: async () => (await import('./appliance.js')).appliance,
	certificate: async () => (await import('./certificate/index.js')).certificate,
	help: async () => (await import('./help.js')).help,
	recover: async () => (await import('./recover.js')).recoverCommand,
	replay: async () => (await import('./replay.js')).replay,
	async serve() {
		prepareForSessions();
		return (await import('./serve.js')).serveCommand;
	},
	'sftp-server': async () => (await import('./sftp-server.js')).sftpServer,
	upload: async () => (await import('./upload/index.js')).uploadCommand,
};

for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', () => {}); // Whoever was reading has gone; that must not stop what is under way.
}

const words = process.argv.slice(2);
process.exitCode = await run(words).catch(complain);

async function run([first, ...rest]: string[]): Promise<number> {
	if (first === undefined || /^--root(?:=|$)/.test(first)) {
		prepareForInk();
		return (await import('./console.js')).consoleCommand(words);
	}

	if (first !== 'sftp-server' && (rest.includes('--help') || rest.includes('-h'))) {
		return (await import('./help.js')).help([]);
	}

	const name = /^(?:-h|--help|-V|--version)$/.test(first) ? 'help' : first;
	const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!load) {
		return tanosCommand(first);
	}

	const command = await load();
	return command(name === first ? rest : words);
}

/** The TanOS command line, with the same words as over SSH. */
async function tanosCommand(first: string): Promise<number> {
	const {isTanosCommand, localCommand} = await import('./local-command.js');
	if (!isTanosCommand(words)) {
		throw new UsageError(`There is no command ${first}.`);
	}

	return localCommand(words);
}

/** Words may quote what was typed or found; no control character of it reaches the terminal. */
function inLines(words: string): string {
	return words.split('\n').map(line => sanitise(line)).join('\n');
}

/** An error in the words of whoever can fix it; a fault of this program with its stack. */
function complain(error: unknown): number {
	if (error instanceof Problem) {
		process.stderr.write(`tanos: ${inLines(error.message)}\n${error.hint === '' ? '' : `${inLines(error.hint)}\n`}`);
		return error instanceof UsageError ? exitCodes.usage : exitCodes.no;
	}

	if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
		process.stderr.write(`tanos: ${error.message}\nSee: tanos help\n`);
		return exitCodes.usage;
	}

	process.stderr.write(`tanos: a fault in this program. ${error instanceof Error ? error.stack : String(error)}\n`);
	return exitCodes.no;
}
