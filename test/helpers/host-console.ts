// The console on a host of host.ts: its units, its users, and OpenSSH's sshd in front of it.
import {writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import type {Host} from './host.js';
import {fingerprint, makePair} from './host-targets.js';

/** Who is what on the host: `eve` has no role. */
const members = {ada: 'tanadmin', bob: 'tanuser', eve: undefined};
type Person = keyof typeof members;

/** Has `tanos host setup` make the console, and sshd run. Sessions may write the folders of the targets that are described by then. */
export async function startConsole(host: Host): Promise<void> {
	await host.run(['systemctl', 'start', 'ssh']);
	const {exitCode, stderr} = await host.node('bin/tanos.js', 'host', 'setup');
	if (exitCode !== 0) {
		throw new Error(stderr);
	}

	await makePeople(host);
}

/** Makes the users, each with the key /root/id, which is also that of tancopy. */
export async function makePeople(host: Host): Promise<void> {
	await host.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/root/id']);
	for (const [name, group] of Object.entries(members)) {
		const groups = group === undefined ? [] : ['--groups', group];
		await host.run(['useradd', '--create-home', '--shell', '/bin/sh', ...groups, name]);
		await host.run(['install', '-d', '-o', name, '-m', '700', `/home/${name}/.ssh`]);
		await host.run(['install', '-o', name, '-m', '600', '/root/id.pub', `/home/${name}/.ssh/authorized_keys`]);
	}

	await host.run(['install', '-D', '-m', '644', '/root/id.pub', '/home/tancopy/.ssh/authorized_keys']);
}

/** The words of OpenSSH's client on the host, as root with the key of everybody. */
export function sshWords(user: string, ...more: string[]): string[] {
	const options = ['-i', '/root/id', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
	return [
		'ssh',
		...options,
		...more.filter(word => word.startsWith('-')),
		`${user}@127.0.0.1`,
		...more.filter(word => !word.startsWith('-')),
	];
}

/** Runs a command of the console over sshd, or the console itself in plain lines. */
export async function over(host: Host, user: Person, command: string | undefined, input = '') {
	return host.run(sshWords(user, ...(command === undefined ? [] : [command])), {input});
}

/** Begins the same, to read its lines as they come. */
export function startOver(host: Host, user: Person, command: string) {
	const [program, ...words] = host.words(sshWords(user, command));
	return execa(program!, words, {reject: false, stdin: 'ignore'});
}

/** Whether somebody is let in by this password, over sshd. */
export async function signInByPassword(host: Host, user: Person, password: string): Promise<boolean> {
	const program = `/root/askpass-${user}`; // ssh asks it instead of a terminal.
	await writeFile(host.at(program), `#!/bin/sh\necho '${password}'\n`, {mode: 0o755});
	const words = sshWords(user, '-oPubkeyAuthentication=no', '-oNumberOfPasswordPrompts=1', 'help');
	const {exitCode} = await host.run(['env', `SSH_ASKPASS=${program}`, 'SSH_ASKPASS_REQUIRE=force', ...words]);
	return exitCode !== 255; // That of ssh itself.
}

/** Runs a program of the host as somebody. */
export async function as(host: Host, user: Person | 'tancopy', words: readonly string[], input = '') {
	return host.run(['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--', ...words], {input});
}

/** Uploads the pair of makePair(). */
export async function uploadPair(host: Host): Promise<void> {
	await uploadFile(host, '/root/new.crt', 'SOAPServer.crt');
	await uploadFile(host, '/root/new.key', 'SOAPServer.key');
}

/** Uploads a new pair. Resolves with the fingerprint of its certificate. */
export async function uploadNew(host: Host): Promise<string> {
	await makePair(host, 'www.example.com');
	await uploadPair(host);
	return fingerprint(host, '/root/new.crt');
}

/** Begins an upload that takes a minute for each 60,000 bytes. */
export function startUpload(host: Host, file: string, name: string) {
	const [, ...options] = sshWords('tancopy');
	const [program, ...words] = host.words(['sftp', '-l', '8', '-B', '1000', '-b', '-', ...options]);
	return execa(program!, words, {reject: false, input: `put ${file} /incoming/${name}\n`});
}

/** Uploads a file of the host by OpenSSH's sftp, as tancopy. */
export async function uploadFile(host: Host, file: string, name: string): Promise<void> {
	const [, ...options] = sshWords('tancopy');
	const {exitCode, stderr} = await host.run(['sftp', '-b', '-', ...options], {input: `put ${file} /incoming/${name}\n`});
	if (exitCode !== 0) {
		throw new Error(stderr);
	}
}
