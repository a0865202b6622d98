import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import ssh2 from 'ssh2';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {sshDaemon} from '../../src/cli/sandbox.js';
import {figureOf, ratioAim, type Figure} from '../figure.js';
import {inTurn, median} from '../statistics.js';
import {authorize, makeAppliance, type Appliance} from '../support/appliance.js';
import {makeKeyPair, startOpenSsh, type Host} from '../support/openssh.js';
import {Output} from '../support/output.js';
import {openSession, shellPrompt} from '../support/session.js';

const readings = 5;
const consoles = 100;
const users = ['tanadmin', 'tanuser'] as const;
const connectMs = 30_000;

export async function* measure(folder: string): AsyncGenerator<Figure> {
	const key = await makeKeyPair(path.join(folder, 'id'));
	const appliance = await makeAppliance(folder);
	await authorize(appliance, key.publicKey, users);
	await setSecuritySetting(appliance.layout, 'maximumLogins', consoles, {user: 'bench', from: 'bench'});
	const sshd = await startOpenSsh(folder, key);
	const privateKey = await readFile(key.file);
	const [tanos, peer] = await inTurn(
		readings,
		async () => memoryOfConsole(appliance, privateKey),
		async () => memoryOfSession(sshd),
	);
	const what = `median of ${readings} readings`;
	yield figureOf({what, unit: 'KiB', tanos: median(tanos), peer: median(peer), aim: ratioAim('at most', 0.1)});
}

/** How much a newly started server grows with one idle console, in KiB. The first console is not counted: it loads shared modules. */
async function memoryOfConsole({layout, identity}: Appliance, privateKey: Buffer): Promise<number> {
	const daemon = sshDaemon(layout);
	await daemon.restart();
	const {pid} = (await daemon.state())!;
	const clients = [await openConsole(identity.ports.ssh, users[0], privateKey)];
	const before = await kilobytesOf(pid, 'Rss');
	for (let count = 0; count < consoles; count++) {
		clients.push(await openConsole(identity.ports.ssh, users[count % users.length]!, privateKey));
	}

	const after = await kilobytesOf(pid, 'Rss');
	for (const client of clients) {
		client.end();
	}

	return (after - before) / consoles;
}

/** Connects and waits for the main menu. */
async function openConsole(port: number, username: string, privateKey: Buffer): Promise<ssh2.Client> {
	const client = new ssh2.Client();
	const output = new Output();
	client.connect({host: '127.0.0.1', port, username, privateKey, readyTimeout: connectMs});
	await once(client, 'ready');
	client.on('error', error => {
		output.end(`the connection failed: ${error.message}`);
	});
	const openShell = promisify<object, ssh2.ClientChannel>(client.shell.bind(client) as never);
	const channel = await openShell({term: 'xterm-256color', cols: 80, rows: 24});
	channel.on('data', (part: Buffer) => {
		output.add(String(part));
	});
	channel.once('close', () => {
		output.end('the session was closed');
	});
	await output.seen('Main Menu');
	return client;
}

/** The memory of sshd's processes for one session at its shell's prompt, in KiB, with their share of common pages (PSS). */
async function memoryOfSession(sshd: Host & {pid: number}): Promise<number> {
	const session = openSession(sshd);
	await session.output.seen(shellPrompt);
	const shares = await Promise.all((await descendantsOf(sshd.pid)).map(async pid => kilobytesOf(pid, 'Pss')));
	await session.kill();
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
