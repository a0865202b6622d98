import {exitCodes} from '../exit-codes.js';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {messageOf, Problem} from '../problem.js';
import {playOn, type Playback, type Screenshot, type TerminalOptions} from '../replay/play.js';
import {readTape, type Tape} from '../replay/tape.js';
import {tapeOf} from '../replay/to-tape.js';
import {print, UsageError, type Command} from './command.js';
import {replayDefinition} from './definitions/programs.js';
import {parseCall} from './parse-call.js';
import {reported} from './replay-result.js';
import {secretsFor} from './replay-secrets.js';
import {transportOf, type Transport} from './replay-transport.js';
import {makeWritableFolder} from './writable-folder.js';

/** `tanos replay FILE.tape`: plays a keystroke script into a console, here or over SSH, or into another program. */
export const replay: Command = async words => {
	const {
		values,
		arguments: {'FILE.tape': file},
	} = parseCall(replayDefinition, words);
	const name = path.basename(file);
	if (values['to-tape']) {
		print((await tapeOf(await recordingIn(file), name)).trimEnd());
		return exitCodes.done;
	}

	const tape = readTape(file);
	if (values.check) {
		print(`${name}: ${tape.commands.length} commands, nothing wrong.`);
		return exitCodes.done;
	}

	if (values.screenshots !== undefined) {
		await makeWritableFolder(values.screenshots, {what: 'The screenshots', option: '--screenshots DIR'});
	}

	const options = {
		variables: variablesOf(values.set),
		secrets: await secretsFor(tape, values['secret-file']),
		...(values.cast !== undefined && {cast: values.cast}),
		...(values.speed !== undefined && {speed: speedOf(values.speed)}),
	};
	const {'ssh-option': sshOptions, 'known-hosts': knownHosts, 'password-file': passwordFile} = values;
	const transport = await transportOf({...values, sshOptions, knownHosts, passwordFile});
	const {screenshots} = await reported(values.junit, name, async () => playInto(transport, tape, options));
	await saveScreenshots(screenshots, values.screenshots);
	print(`${name}: played to its end, ${screenshots.length} screenshot${screenshots.length === 1 ? '' : 's'}.`);
	return exitCodes.done;
};

async function playInto({open, settings, close}: Transport, tape: Tape, options: TerminalOptions): Promise<Playback> {
	try {
		return await playOn(tape, open, {...options, settings});
	} finally {
		close();
	}
}

async function recordingIn(file: string): Promise<string> {
	return readFile(file, 'utf8').catch((error: unknown) => {
		throw new Problem('no-recording', `${file} cannot be read. ${messageOf(error)}`, 'Name a recording.', {cause: error});
	});
}

/** Prints the screens, or writes each as text and as SVG into a folder. */
async function saveScreenshots(screenshots: readonly Screenshot[], folder: string | undefined): Promise<void> {
	for (const {name, screen, svg} of screenshots) {
		if (folder === undefined) {
			print(`--- ${name}`, screen);
		} else {
			await writeFile(path.join(folder, `${name}.txt`), `${screen}\n`);
			await writeFile(path.join(folder, `${name}.svg`), svg);
		}
	}
}

/** `NAME=VALUE` pairs; a `NAME` alone takes its value from the environment, which keeps passwords off the command line. */
function variablesOf(settings: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		settings.map(setting => {
			const at = setting.indexOf('=');
			const name = at < 0 ? setting : setting.slice(0, at);
			const value = at < 0 ? process.env[name] : setting.slice(at + 1);
			if (value === undefined) {
				throw new UsageError(`--set ${name}: there is no such variable in the environment. Set it, or give its value: --set ${name}=VALUE`);
			}

			return [name, value];
		}),
	);
}

function speedOf(text: string): number {
	const speed = Number(text);
	if (!(speed > 0)) {
		throw new UsageError(`--speed ${text}: it must be a number above 0, such as 1 or 2.5.`);
	}

	return speed;
}
