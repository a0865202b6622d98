// The kinds of traffic. They run at the same time, and each is repeated until the time is up.
import {once} from 'node:events';
import {connect} from 'node:net';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import type {Client} from 'ssh2';
import {openPty} from '../../src/replay/pty.js';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {openShell, type Site} from './site.js';

export const traffic: Record<string, (site: Site) => Promise<void>> = {
	consoles: async site => openAndLeave(site),
	commands: async site => site.run('ssh', 'tanuser', ['127.0.0.1', 'help']),
	megabytes: async site =>
		site.run('sftp', 'tancopy', ['-b', '-', '127.0.0.1'], 'put megabyte /incoming/large\nget /incoming/large back\n'),
	're-keying': async site =>
		site.run(
			'sftp',
			'tancopy',
			['-o', 'RekeyLimit=128K', '-b', '-', '127.0.0.1'],
			'put megabyte /incoming/rekeyed\nrm /incoming/rekeyed\n',
		),
	'small files': async site => {
		const lines = Array.from({length: 20}, (_, index) => `put key.pub /incoming/${index}\nrm /incoming/${index}`);
		await site.run('sftp', 'tancopy', ['-b', '-', '127.0.0.1'], `${lines.join('\n')}\n`);
	},
	unauthenticated: async ({port}) => {
		const socket = connect({port, host: '127.0.0.1', localAddress: '127.0.0.2'});
		await once(socket, 'connect');
		socket.on('error', () => undefined).write('SSH-2.0-soak\r\nnot a packet');
		await delay(50);
		socket.destroy();
	},
	guesses: async ({port}) => guess(port),
	resizes: async site =>
		withShell(site, async channel => {
			channel.resume();
			for (let count = 0; count < 100; count++) {
				channel.setWindow(count % 2 === 0 ? 200 : 199, 500, 0, 0);
			}

			await delay(1000);
		}),
	'unread consoles': async site =>
		withShell(site, async channel => {
			channel.pause();
			for (let count = 0; count < 50; count++) {
				channel.setWindow(100 + (count % 2), 300, 0, 0);
				channel.write('\u001B[B\u001B[A'.repeat(50));
				await delay(50);
			}
		}),
	pastes: async site =>
		withShell(site, async channel => {
			channel.resume();
			channel.write(Buffer.alloc(1024 * 1024, 'paste '));
			await delay(1000);
		}),
};

async function withShell(site: Site, use: (channel: Awaited<ReturnType<typeof openShell>>) => Promise<void>): Promise<void> {
	const client = await site.connect('tanuser');
	try {
		await use(await openShell(client, {columns: 80, rows: 24}));
	} finally {
		client.destroy();
	}
}

/** A console with OpenSSH's client on a pseudo-terminal, whose last bytes must restore the screen. */
async function openAndLeave(site: Site): Promise<void> {
	const program = openPty('ssh', site.consoleWords('tanadmin'), site.folder, {
		columns: 80,
		rows: 24,
		environment: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color'},
	});
	let output = '';
	program.onData(text => {
		output += text;
		if (/Press Enter|Main Menu/.test(output)) {
			program.write('\rz\r');
		}
	});
	await new Promise<void>(resolve => {
		program.onExit(() => resolve());
	});
	if (!/\u001B\[\?1049l\u001B\[\?25h[^\u001B]*$/.test(output)) {
		throw new Error('The terminal was not restored');
	}
}

/** Sends a wrong password and disconnects. */
async function guess(port: number): Promise<void> {
	const client: Client = new ssh2.Client();
	const sock = connect({port, host: '127.0.0.1', localAddress: '127.0.0.3'});
	const closed = once(client, 'close');
	client.on('error', () => undefined).connect({sock, username: 'nobody', tryKeyboard: true});
	client.on('keyboard-interactive', (_name, _instructions, _language, _prompts, answer) => {
		answer(['Wrong-one.22']);
		client.destroy();
	});
	await closed;
}
