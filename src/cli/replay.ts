import {exitCodes} from '../exit-codes.js';
import {access, constants, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {readIdentity} from '../appliance/identity.js';
import {messageOf, Problem} from '../problem.js';
import {play, type Screenshot} from '../replay/play.js';
import {parseTape} from '../replay/tape.js';
import {packageRoot} from '../services/package-root.js';
import {layoutFor, print, UsageError, type Command} from './command.js';
import {replayDefinition} from './definitions/programs.js';
import {parseCall} from './parse-call.js';

/** `tanos replay FILE.tape`: plays a keystroke script into a console, in a pseudo-terminal or over SSH. */
export const replay: Command = async words => {
	const {
		values,
		arguments: {'FILE.tape': file},
	} = parseCall(replayDefinition, words);
	const transport = values.ssh === undefined ? await localTransport(values.root) : sshTransport(values.ssh, values['ssh-option']);
	await makeFolder(values.screenshots);
	const {screenshots} = await play(parseTape(await textOf(file), path.basename(file)), {
		...transport,
		variables: variablesOf(values.set),
		...(values.cast !== undefined && {cast: values.cast}),
		...(values.speed !== undefined && {speed: speedOf(values.speed)}),
	});
	await saveScreenshots(screenshots, values.screenshots);
	print(`${path.basename(file)}: played to its end, ${screenshots.length} screenshot${screenshots.length === 1 ? '' : 's'}.`);
	return exitCodes.done;
};

/** The program that opens the console. */
type Transport = {command: string; arguments: string[]; environment?: Record<string, string>};

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

/** Before anything is played: afterwards the screens of a change would be lost. Rejects with Problem `cannot-write`. */
async function makeFolder(folder: string | undefined): Promise<void> {
	try {
		if (folder !== undefined) {
			await mkdir(folder, {recursive: true});
			await access(folder, constants.W_OK);
		}
	} catch (error) {
		throw new Problem(
			'cannot-write',
			`The screenshots cannot be written to ${folder}. ${messageOf(error)}`,
			'Name another folder: --screenshots DIR',
			{cause: error},
		);
	}
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

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		throw new Problem('no-script', `${file} cannot be read.`, 'Name a keystroke script.', {cause: error});
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
