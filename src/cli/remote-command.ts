import {exitCodes} from '../exit-codes.js';
import {runCommand} from '../tanos-commands/run.js';
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
	const context = {...environment, user: {name: user, role}};
	let words;
	try {
		words = wordsIn(command);
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		errors.write(`${error.message} ${error.hint}\n`);
		return exitCodes.usage;
	}

	return runCommand(words, context, {
		input: stream,
		output: stream,
		errors: terminal ? stream : errors,
		terminal: terminal !== undefined,
		signal,
	});
}
