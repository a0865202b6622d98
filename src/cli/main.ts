// The `tanos` command. Only the files in this folder print and exit; nothing in the folders below does.
import {exitCodes} from '../exit-codes.js';
import process from 'node:process';
import {atExit} from '../at-exit.js';
import {sanitise, sanitiseLines} from '../sanitise.js';
import {Problem} from '../problem.js';
import {UsageError} from './command.js';
import {compileAtOnce} from './compile-at-once.js';
import {commandNameIn, loaders, withProgramName} from './loaders.js';
import {prepareForInk} from './prepare-for-ink.js';

for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', () => {}); // The reader is gone; that must not stop work in progress.
}

process.once('exit', () => {
	for (const said of atExit.map(end => end())) {
		process.stderr.write(said === undefined ? '' : `tanos: ${sanitise(said)}\n`);
	}
});

const words = withProgramName(process.argv.slice(2));
process.exitCode = await run().catch(reportError);

async function run(): Promise<number> {
	if (isConsoleCall(words)) {
		prepareForInk();
		const {consoleCommand} = await compileAtOnce(async () => import('./console.js'));
		return consoleCommand(words[1] ?? words[0]?.slice('--root='.length));
	}

	const name = commandNameIn(words);
	if (name !== 'sftp-server' && asksForHelp()) {
		// It has its own -h.
		return (await import('./help.js')).help(words.filter(word => !/^(?:-h|--help)$/.test(word)));
	}

	if (name === undefined) {
		return (await import('./other-words.js')).runOtherWords(words);
	}

	const command = await loaders[name]!();
	return command(words.slice(name.split(' ').length));
}

/** Nothing, or `--root DIR`. Only these are parsed here, so that the first frame does not wait for the parser. */
function isConsoleCall([first, second, ...more]: readonly string[]): boolean {
	return (
		first === undefined
		|| (first === '--root' && second !== undefined && !second.startsWith('-') && more.length === 0)
		|| (first.startsWith('--root=') && second === undefined)
	);
}

function asksForHelp(): boolean {
	return words.some(word => word === '--help' || word === '-h');
}

/** Prints an error and what to do about it; a fault of this program with its stack. */
function reportError(error: unknown): number {
	if (!(error instanceof Problem)) {
		process.stderr.write(`tanos: a fault in this program. ${error instanceof Error ? error.stack : String(error)}\n`);
		return exitCodes.no;
	}

	const isUsage = error instanceof UsageError;
	const see = isUsage ? [`See: ${['tanos help', commandNameIn(words) ?? []].flat().join(' ')}`] : [];
	const hints = [error.hint, ...see].filter(line => line !== '').map(line => `${sanitiseLines(line)}\n`);
	process.stderr.write(`tanos: ${sanitiseLines(error.message)}\n${hints.join('')}`);
	return isUsage ? exitCodes.usage : exitCodes.no;
}
