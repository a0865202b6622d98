// What a tape is played into: the console of this machine, a command, or either of them on another host over SSH.
import path from 'node:path';
import process from 'node:process';
import {readIdentity} from '../appliance/identity.js';
import {withPassword} from '../replace/answers.js';
import type {Settings} from '../replay/action.js';
import {smallEnvironment} from '../replay/environment.js';
import type {OpenProgram} from '../replay/program.js';
import {openPty} from '../replay/pty.js';
import {packageRoot} from '../services/package-root.js';
import {connect, type Link} from '../ssh-client/connect.js';
import {openShell} from '../ssh-client/shell.js';
import {layoutFor} from './command.js';
import {readProfile} from './replace/profiles.js';
import {readPassword} from './replace/secrets.js';
import {assertFilesExist} from './upload/before-upload.js';
import {routeTo} from './upload/ssh-config.js';
import {StatusLine} from './upload/status-line.js';
import {targetOf} from './upload/target.js';
import {TerminalOperator} from './upload/terminal-operator.js';

export type Transport = {
	open: OpenProgram;
	settings: Partial<Settings>;
	/** Releases what `open` has opened beside the program. */
	close(): void;
};

export type TransportOptions = {
	root: string | undefined;
	/** A command of sh in place of the console. */
	exec: string | undefined;
	/** The host, `USER@HOST:PORT`. */
	ssh: string | undefined;
	/** Options of ssh_config(5), `NAME=VALUE`. */
	sshOptions: readonly string[];
	identity: string | undefined;
	knownHosts: string | undefined;
	config: string | undefined;
	passwordFile: string | undefined;
};

/** Milliseconds without output after which the screen of a program that is not ours is taken to be complete. */
const quietTime = 200;

/** Rejects with UsageError for a wrong target, and with a Problem when there is no appliance, or no route to the host. */
export async function transportOf(options: TransportOptions): Promise<Transport> {
	const {root, exec, ssh} = options;
	const settings = exec === undefined ? {} : {readyMark: false, quietTime};
	if (ssh !== undefined) {
		return {...(await sshTransport(ssh, options)), settings};
	}

	const [command, words] = exec === undefined ? await consoleOf(root) : ['/bin/sh', ['-c', exec]];
	return {open: opening => openPty(command, words, process.cwd(), opening), settings, close() {}};
}

async function consoleOf(root: string | undefined): Promise<[command: string, words: string[]]> {
	const layout = layoutFor(root);
	await readIdentity(layout);
	return [process.execPath, [path.join(packageRoot(), 'bin', 'tanos.js'), '--root', layout.root]];
}

/** The client of `tanos upload`. What it asks is asked before the program starts, so it never takes keys that are meant for it. */
async function sshTransport(ssh: string, options: TransportOptions): Promise<Omit<Transport, 'settings'>> {
	const {exec, sshOptions, identity, knownHosts, config, passwordFile} = options;
	const files = {...(identity !== undefined && {identity}), ...(config !== undefined && {config})};
	await assertFilesExist(files);
	const password = passwordFile === undefined ? undefined : await readPassword('--password-file', passwordFile);
	const {signIn} = await readProfile('tanos-console');
	const operator = new TerminalOperator(new StatusLine());
	const note = (words: string) => operator.notify(words);
	const access = {...files, ...(knownHosts !== undefined && {knownHosts}), options: sshOptions, note};
	const route = await routeTo(targetOf(ssh), {...access, defaultUser: 'tanadmin'});
	let link: Link | undefined;
	return {
		async open({environment, ...size}) {
			link = await connect(route, withPassword(operator, signIn, password));
			const own = smallEnvironment();
			const sent = Object.entries(environment).filter(([name, value]) => name === 'TERM' || own[name] !== value);
			return openShell(link, {...size, environment: Object.fromEntries(sent), command: exec});
		},
		close() {
			link?.close();
			operator.close();
		},
	};
}
