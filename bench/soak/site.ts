// A served sandbox whose accounts have a key, and the clients that use it.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import type {Client, ClientChannel} from 'ssh2';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {type Sandbox, tanosFile} from './sandbox.js';

export type Site = AsyncDisposable & {
	port: number;
	folder: string;
	serverPid(): Promise<number>;
	/** Runs a client of OpenSSH as this user. Rejects when it fails. */
	run(program: 'ssh' | 'sftp', user: string, words: string[], input?: string): Promise<void>;
	/** The command line of a console with OpenSSH's client. */
	consoleWords(user: string): string[];
	/** A connection of ssh2 as this user. */
	connect(user: string): Promise<Client>;
};

export async function startSite({layout, identity}: Sandbox): Promise<Site> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-soak-'));
	const key = path.join(folder, 'key');
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	await execa(process.execPath, [tanosFile, 'appliance', 'start', '--root', layout.root]);
	const authorizedKeys = [(await readFile(`${key}.pub`, 'utf8')).trim()];
	const accounts = Object.entries(await readAccounts(layout.accounts));
	await writeAccounts(layout.accounts, Object.fromEntries(accounts.map(([name, account]) => [name, {...account, authorizedKeys}])));
	await setSecuritySetting(layout, 'maximumLogins', 50, {user: 'tanadmin', from: 'console'});
	const port = identity.ports.ssh;
	const options = (user: string) => [
		'-F',
		'/dev/null',
		'-i',
		key,
		'-o',
		`Port=${port}`,
		'-o',
		`User=${user}`,
		...['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap(
			option => ['-o', option],
		),
	];
	await writeFile(path.join(folder, 'megabyte'), Buffer.alloc(1024 * 1024, 'x'));
	return {
		port,
		folder,
		serverPid: async () => (JSON.parse(await readFile(path.join(layout.run, 'serve.json'), 'utf8')) as {pid: number}).pid,
		async run(program, user, words, input = '') {
			await execa(program, [...options(user), ...words], {cwd: folder, input, timeout: 60_000});
		},
		consoleWords: user => [...options(user), '-tt', '-e', 'none', '127.0.0.1'],
		async connect(username) {
			const client = new ssh2.Client();
			const privateKey = await readFile(key);
			return new Promise((resolve, reject) => {
				client.on('error', reject).once('ready', () => resolve(client));
				client.connect({host: '127.0.0.1', port, username, privateKey});
				client.setNoDelay(true); // As OpenSSH's client does for a console; otherwise Nagle's algorithm holds each key for 40 ms.
			});
		},
		[Symbol.asyncDispose]: async () => rm(folder, {recursive: true, force: true}),
	};
}

/** A console on a connection, and its first screen. */
export async function openShell(client: Client, {columns, rows}: {columns: number; rows: number}): Promise<ClientChannel> {
	const channel = await new Promise<ClientChannel>((resolve, reject) => {
		client.shell({term: 'xterm-256color', cols: columns, rows}, (error, opened) => (error ? reject(error) : resolve(opened)));
	});
	await untilOutput(channel, /Main Menu|Since the Last/);
	return channel;
}

/** Resolves when the output of a channel, from now on, matches. Rejects when the channel closes or after a minute. */
export async function untilOutput(channel: ClientChannel, pattern: RegExp): Promise<void> {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const timeout = setTimeout(() => reject(new Error(`No output matched ${pattern}`)), 60_000);
	const closed = () => reject(new Error('The channel was closed'));
	let text = '';
	const read = (bytes: Buffer) => {
		text += bytes.toString('latin1');
		if (pattern.test(text)) {
			resolve();
		}
	};

	channel.on('data', read).once('close', closed);
	try {
		await promise;
	} finally {
		clearTimeout(timeout);
		channel.off('data', read).off('close', closed);
	}
}
