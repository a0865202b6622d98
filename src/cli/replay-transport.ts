// What a tape is played into: the console of this machine, a command, or either of them on another host over SSH.
import path from 'node:path';
import process from 'node:process';
import {readIdentity} from '../appliance/identity.js';
import type {Settings} from '../replay/action.js';
import type {OpenProgram} from '../replay/program.js';
import {openPty} from '../replay/pty.js';
import {packageRoot} from '../services/package-root.js';
import {layoutFor} from './command.js';

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
		const {sshTransport} = await import('./replay-over-ssh.js'); // A local console does not wait for an SSH client to load.
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
