import {runCommand} from '../tanos-commands/run.js';
import {wordsIn} from '../tanos-commands/words.js';
import type {Site} from '../installation/change.js';
import {Problem} from '../problem.js';
import type {SshSessionRequest} from '../ssh-server/session-request.js';
import {exitCodes} from './command.js';
import {consoleEnvironmentOf} from './environment.js';

/** Runs the words of `ssh USER@HOST WORDS`. Resolves with the exit code. */
export async function runRemoteCommand(site: Site, request: SshSessionRequest, command: string): Promise<number> {
	const {user, role, from, stream, errors, terminal, signal} = request;
	const session = {...consoleEnvironmentOf(site, {greeting: [], from, bringUp: async () => []}), user: {name: user, role}};
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

	return runCommand(words, session, {
		input: stream, output: stream, errors: terminal ? stream : errors, terminal: terminal !== undefined, signal,
	});
}
