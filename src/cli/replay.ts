import {exitCodes} from '../exit-codes.js';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {readIdentity} from '../appliance/identity.js';
import {messageOf, Problem} from '../problem.js';
import {play, type PlayOptions, type Screenshot} from '../replay/play.js';
import {readTape} from '../replay/tape.js';
import {tapeOf} from '../replay/to-tape.js';
import {packageRoot} from '../services/package-root.js';
import {layoutFor, print, UsageError, type Command} from './command.js';
import {replayDefinition} from './definitions/programs.js';
import {parseCall} from './parse-call.js';
import {reported} from './replay-result.js';
import {secretsFor} from './replay-secrets.js';
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

	const transport = await transportOf(values);
	if (values.screenshots !== undefined) {
		await makeWritableFolder(values.screenshots, {what: 'The screenshots', option: '--screenshots DIR'});
	}

	const options = {
		...transport,
		variables: variablesOf(values.set),
		secrets: await secretsFor(tape, values['secret-file']),
		...(values.cast !== undefined && {cast: values.cast}),
		...(values.speed !== undefined && {speed: speedOf(values.speed)}),
	};
	const {screenshots} = await reported(values.junit, name, async () => play(tape, options));
	await saveScreenshots(screenshots, values.screenshots);
	print(`${name}: played to its end, ${screenshots.length} screenshot${screenshots.length === 1 ? '' : 's'}.`);
	return exitCodes.done;
};

async function recordingIn(file: string): Promise<string> {
	return readFile(file, 'utf8').catch((error: unknown) => {
		throw new Problem('no-recording', `${file} cannot be read. ${messageOf(error)}`, 'Name a recording.', {cause: error});
	});
}

/** The program that opens the console. */
type Transport = Pick<PlayOptions, 'command' | 'arguments' | 'environment' | 'settings'>;

/** Milliseconds without output after which the screen of a program that is not ours is taken to be complete. */
const quietTime = 200;

type TransportValues = {root: string | undefined; ssh: string | undefined; 'ssh-option': string[]; exec: string | undefined};

async function transportOf({root, ssh, 'ssh-option': sshOptions, exec}: TransportValues): Promise<Transport> {
	if (exec !== undefined) {
		return {command: '/bin/sh', arguments: ['-c', exec], settings: {readyMark: false, quietTime}};
	}

	return ssh === undefined ? localTransport(root) : sshTransport(ssh, sshOptions);
}

async function localTransport(root: string | undefined): Promise<Transport> {
	const layout = layoutFor(root);
	await readIdentity(layout);
	return {command: process.execPath, arguments: [path.join(packageRoot(), 'bin', 'tanos.js'), '--root', layout.root]};
}

/**
 * OpenSSH's client, with its own configuration, known hosts, keys and agent. It asks nothing: a password prompt would take keys
 * that are meant for the console. Throws UsageError for a wrong target.
 */
export function sshTransport(target: string, options: readonly string[]): Transport {
	const [, user, host, port] = /^([^\s@-][^\s@]*)@(\[[\da-f:.]+\]|[^\s:@-][^\s:@]*)(?::(\d{1,5}))?$/i.exec(target) ?? [];
	if (user === undefined || host === undefined) {
		throw new UsageError(`--ssh ${target}: it must be USER@HOST or USER@HOST:PORT.`);
	}

	const all = ['BatchMode=yes', 'SetEnv=TANOS_READY_MARK=1', ...options, 'LogLevel=ERROR'].flatMap(option => ['-o', option]);
	const agent = process.env['SSH_AUTH_SOCK'];
	return {
		command: 'ssh',
		arguments: ['-tt', '-e', 'none', ...all, ...(port === undefined ? [] : ['-p', port]), '-l', user, host.replaceAll(/[[\]]/g, '')],
		...(agent !== undefined && {environment: {SSH_AUTH_SOCK: agent}}),
	};
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
