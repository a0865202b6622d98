// OpenSSH's own server and agent, on loopback and in a temporary folder, for as long as a test runs.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import type {Host} from '../../src/ssh-client/host.js';
import {hostPattern} from '../../src/ssh-keys/known-hosts.js';
import {freePorts} from '../helpers/ports.js';
import {fileOf} from '../helpers/programs.js';
import {temporaryFolder} from '../helpers/sandbox.js';
import {execute} from '../ssh-server/served.js';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

export type Sshd = {
	port: number;
	/** For its files and the client's: `id`, `known_hosts`, `host_ed25519` and so on. */
	folder: string;
	/** Where uploads go. */
	incoming: string;
	/** What sshd has logged so far. */
	log(): string;
};

export type SshdOptions = {
	/** What follows `internal-sftp`. */
	sftp?: string;
	hostKeys?: readonly KeyType[];
	/** Lines of sshd_config. */
	lines?: readonly string[];
};

export const me = os.userInfo().username;

/** An sshd that lets this user copy files, and forward connections, with the key `id`. */
export async function startSshd(t: ExecutionContext, {sftp = '', hostKeys = ['ed25519'], lines = []}: SshdOptions = {}): Promise<Sshd> {
	const folder = await temporaryFolder(t);
	const incoming = path.join(folder, 'incoming');
	await mkdir(incoming);
	await newKey(path.join(folder, 'id'));
	await copyFile(path.join(folder, 'id.pub'), path.join(folder, 'authorized_keys'));
	const [port = 0] = await freePorts(1);
	for (const type of hostKeys) {
		await newKey(path.join(folder, `host_${type}`), ['-t', type, ...(type === 'rsa' ? ['-b', '2048'] : [])]);
	}

	await writeFile(
		path.join(folder, 'sshd_config'),
		[
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			...hostKeys.map(type => `HostKey ${path.join(folder, `host_${type}`)}`),
			`AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
			'StrictModes no',
			'PidFile none',
			'UsePAM no',
			'PermitRootLogin yes',
			'PasswordAuthentication no',
			'KbdInteractiveAuthentication no',
			'LogLevel VERBOSE',
			...lines,
			'Subsystem sftp internal-sftp',
			`ForceCommand internal-sftp ${sftp}`,
			'',
		].join('\n'),
	);
	const [type = 'ed25519'] = hostKeys;
	await know(folder, port, type);
	if (process.getuid?.() === 0) {
		await mkdir('/run/sshd', {recursive: true, mode: 0o755}); // Where sshd locks itself in; the service would make it.
	}

	const child = spawn(fileOf('sshd'), ['-D', '-e', '-f', path.join(folder, 'sshd_config')], {stdio: ['ignore', 'ignore', 'pipe']});
	const log = await untilSaid(t, child, child.stderr, /Server listening/);
	return {port, folder, incoming, log};
}

/** Puts the server's key of this type into `known_hosts`, and nothing else. */
export async function know(folder: string, port: number, type: KeyType, from = folder): Promise<void> {
	await writeFile(
		path.join(folder, 'known_hosts'),
		`${hostPattern('127.0.0.1', port)} ${await readFile(path.join(from, `host_${type}.pub`), 'utf8')}`,
	);
}

export async function newKey(file: string, words: readonly string[] = ['-t', 'ed25519'], passphrase = ''): Promise<void> {
	const {status, errors} = await execute('ssh-keygen', ['-q', ...words, '-N', passphrase, '-C', '', '-f', file]);
	if (status !== 0) {
		throw new Error(errors);
	}
}

/** An agent with these keys. Resolves with its socket. */
export async function startAgent(t: ExecutionContext, folder: string, keys: readonly string[]): Promise<string> {
	const socket = path.join(folder, 'agent');
	const child = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']});
	await untilSaid(t, child, child.stdout, /SSH_AUTH_SOCK/);
	for (const key of keys) {
		await execute('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}});
	}

	return socket;
}

/** Resolves when the program has said this. It ends with the test. */
export async function untilSaid(
	t: ExecutionContext,
	child: ChildProcess,
	stream: NodeJS.ReadableStream,
	pattern: RegExp,
): Promise<() => string> {
	let said = '';
	const exited = once(child, 'exit');
	t.teardown(async () => {
		child.kill('SIGTERM');
		await exited.catch(() => undefined); // It was never started; the test has said so.
	});
	await new Promise<void>((resolve, reject) => {
		exited.then(() => reject(new Error(said)), reject);
		stream.setEncoding('utf8');
		stream.on('data', text => {
			said += text;
			if (pattern.test(said)) {
				resolve();
			}
		});
	});
	return () => said;
}

/** How the client is told of this server. */
export function hostOf({port, folder}: Pick<Sshd, 'port' | 'folder'>, changes: Partial<Host> = {}): Host {
	return {
		label: `127.0.0.1:${port}`,
		address: '127.0.0.1',
		port,
		user: me,
		identityFiles: [path.join(folder, 'id')],
		identitiesOnly: true,
		knownHosts: {files: [path.join(folder, 'known_hosts')], name: hostPattern('127.0.0.1', port), hashed: false, mayAsk: true},
		...changes,
	};
}
