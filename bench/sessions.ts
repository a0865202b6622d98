// What a session costs: beside OpenSSH's sshd on the same machine, with the same client.
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {promisify} from 'node:util';
import {execa} from 'execa';
import type {Client, ClientChannel} from 'ssh2';
import {ssh2} from '../src/ssh-keys/ssh2.js';
import {readAccounts, writeAccounts} from '../src/appliance/users/accounts.js';
import {maxLogins, setSecuritySetting} from '../src/appliance/users/security-settings.js';
import {sshDaemon} from '../src/cli/sandbox.js';
import {openPty} from '../src/replay/pty.js';
import {until} from './console.js';
import {inMs, inTurn, median, type Figure} from './figures.js';
import {hostAt, startOpenSsh, type Host, type OpenSsh} from './openssh.js';
import type {Sandbox} from './sandbox.js';

const rounds = 9;
const sessions = 100;

export async function sessionFigures(sandbox: Sandbox): Promise<Figure[]> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'tanos-bench-ssh-'));
	const key = path.join(folder, 'id');
	await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	const peer = await startOpenSsh(folder, key);
	try {
		const pid = await serveTo(sandbox, key);
		const ours = hostAt(sandbox.identity.ports.ssh, 'tanadmin', key);
		return [
			await commandFigure(ours, peer),
			await frameFigure(ours, peer),
			memoryFigure(await memoryHere(sandbox.identity.ports.ssh, pid, await readFile(key)), await memoryThere(peer)),
		];
	} finally {
		await peer.stop();
		await rm(folder, {recursive: true, force: true});
	}
}

/** Lets the key in, starts the server, and resolves with its process. */
async function serveTo({layout}: Sandbox, key: string): Promise<number> {
	const accounts = await readAccounts(layout.accounts);
	const authorizedKeys = [await readFile(`${key}.pub`, 'utf8')];
	await writeAccounts(layout.accounts, {
		...accounts,
		tanadmin: {...accounts['tanadmin']!, authorizedKeys},
		tanuser: {...accounts['tanuser']!, authorizedKeys},
	});
	await setSecuritySetting(layout, 'maximumLogins', maxLogins, {user: 'bench', from: 'bench'});
	const daemon = sshDaemon(layout);
	await daemon.start();
	return (await daemon.state())!.pid;
}

async function commandFigure(ours: Host, peer: Host): Promise<Figure> {
	const run =
		({options, target}: Host, words: string) =>
		async () => {
			const started = performance.now();
			await execa('ssh', [...options, target, words]);
			return performance.now() - started;
		};

	const [here, there] = await inTurn(rounds, run(ours, 'report info'), run(peer, 'echo hi'));
	return ratioOf('connect and one command / the same with sshd', here, there, 'at most 0.2');
}

async function frameFigure(ours: Host, peer: Host): Promise<Figure> {
	const see =
		({options, target}: Host, what: string) =>
		async () => {
			const started = performance.now();
			const program = openPty(
				'ssh',
				['-tt', ...options, target],
				os.tmpdir(),
				{
					columns: 80,
					rows: 24,
					environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
				},
				1000,
			);
			await until(program, text => text.includes(what));
			const took = performance.now() - started;
			await program.kill();
			return took;
		};

	const [here, there] = await inTurn(rounds, see(ours, 'Main Menu'), see(peer, '# '));
	return ratioOf("connect to first frame / to a shell's prompt with sshd", here, there, 'none');
}

function ratioOf(name: string, here: readonly number[], there: readonly number[], aim: string): Figure {
	const ratio = median(here) / median(there);
	return {name, value: `${inMs(median(here))} / ${inMs(median(there))} = ${ratio.toFixed(2)}`, aim};
}

/** How much the server's process grows by one idle console, in KiB. */
async function memoryHere(port: number, pid: number, privateKey: Buffer): Promise<number> {
	const first = await openConsole(port, 'tanadmin', privateKey);
	const before = await kilobytesOf(pid, 'Rss');
	const clients = [];
	for (let count = 0; count < sessions; count++) {
		clients.push(await openConsole(port, count % 2 === 0 ? 'tanadmin' : 'tanuser', privateKey));
	}

	const after = await kilobytesOf(pid, 'Rss');
	for (const client of [first, ...clients]) {
		client.end();
	}

	return (after - before) / sessions;
}

async function openConsole(port: number, username: string, privateKey: Buffer): Promise<Client> {
	const client = new ssh2.Client();
	client.connect({host: '127.0.0.1', port, username, privateKey});
	await once(client, 'ready');
	const channel = await promisify<object, ClientChannel>(client.shell.bind(client) as never)({term: 'xterm-256color', cols: 80, rows: 24});
	let text = '';
	return new Promise(resolve => {
		channel.on('data', (part: Buffer) => {
			text += String(part);
			if (text.includes('Main Menu')) {
				resolve(client);
			}
		});
	});
}

/** The processes that sshd has for one session at its shell's prompt, each counted with its share of what it has in common (PSS). */
async function memoryThere({options, target, pid}: OpenSsh): Promise<number> {
	const program = openPty(
		'ssh',
		['-tt', ...options, target],
		os.tmpdir(),
		{
			columns: 80,
			rows: 24,
			environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
		},
		1000,
	);
	await until(program, text => text.includes('# '));
	const shares = await Promise.all((await descendantsOf(pid)).map(async child => kilobytesOf(child, 'Pss')));
	await program.kill();
	return shares.reduce((sum, share) => sum + share, 0);
}

async function descendantsOf(pid: number): Promise<number[]> {
	const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
		.split(' ')
		.filter(word => word !== '')
		.map(Number);
	const below = await Promise.all(children.map(async child => descendantsOf(child)));
	return [...children, ...below.flat()];
}

async function kilobytesOf(pid: number, what: 'Rss' | 'Pss'): Promise<number> {
	const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
	return Number(new RegExp(`^${what}: +(\\d+) kB`, 'm').exec(text)?.[1]);
}

function memoryFigure(here: number, there: number): Figure {
	return {
		name: `memory of each of ${sessions} idle consoles / of sshd and a shell`,
		value: `${here.toFixed(0)} / ${there.toFixed(0)} KiB = ${(here / there).toFixed(2)}`,
		aim: 'at most 0.1',
	};
}
