import {exitCodes} from '../exit-codes.js';
import type {ConsoleSession} from '../console/environment.js';
import {runCommand} from '../tanos-commands/run.js';
import type {Streams} from '../tanos-commands/streams.js';
import {wordsIn} from '../tanos-commands/words.js';
import type {Site} from '../installation/change.js';
import {Problem} from '../problem.js';
import type {SshSessionRequest} from '../ssh-server/session-request.js';
import {consoleEnvironmentOf, reachedAt} from './environment.js';

/** Runs the command of `ssh USER@HOST COMMAND`. Resolves with its exit code. */
export async function runRemoteCommand(
	site: Site,
	{user, role, from, server, stream, errors, terminal, signal}: SshSessionRequest,
	command: string,
): Promise<number> {
	const environment = consoleEnvironmentOf(site, {greeting: [], from, reachedAt: reachedAt(site, server), bringUp: async () => []});
	const streams = {input: stream, output: stream, errors: terminal ? stream : errors, terminal: terminal !== undefined, signal};
	return runCommandLine(command, {...environment, user: {name: user, role}}, streams);
}

/** Runs a command that is given as one line. Resolves with its exit code. */
export async function runCommandLine(command: string, session: ConsoleSession, streams: Streams): Promise<number> {
	let words;
	try {
		words = wordsIn(command);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		streams.errors.write(`${error.message} ${error.hint}${streams.terminal ? '\r\n' : '\n'}`);
		return exitCodes.usage;
	}

	return runCommand(words, session, streams);
}
