// A console on another host: a shell with a pseudo-terminal, as `ssh USER@HOST` opens one.
import {StringDecoder} from 'node:string_decoder';
import type {ClientChannel} from 'ssh2';
import {Problem} from '../problem.js';
import {excerptOf} from './excerpt.js';
import type {Link} from './connect.js';

/** The exit code of a session that ended without one, as ssh(1) has it. */
const lostExitCode = 255;

type Terminal = {
	columns: number;
	rows: number;
	environment: Readonly<Record<string, string>>;
	/** What is run in place of the shell. */
	command?: string | undefined;
};

/** A program on a terminal at the other end of a connection. */
export type RemoteShell = {
	/** Sends typed text. Does nothing after the end. */
	write(text: string): void;
	resize(columns: number, rows: number): void;
	onData(listener: (text: string) => void): void;
	/** Calls the listener once, with 255 when the connection was lost. */
	onExit(listener: (exitCode: number) => void): void;
	/** Closes the session. Resolves when it has ended. */
	kill(): Promise<void>;
};

/** Opens a shell with a terminal. Variables that the host does not accept are ignored by it. Rejects with Problem `no-console`. */
export async function openShell({client}: Link, {columns, rows, environment, command}: Terminal): Promise<RemoteShell> {
	const {TERM: term = 'xterm-256color', ...env} = environment;
	const pty = {term, cols: columns, rows, width: 0, height: 0};
	const {promise, resolve, reject} = Promise.withResolvers<ClientChannel>();
	client.once('close', () => reject(new Problem('no-console', 'The connection was lost before the console opened.', 'Try again.')));
	const opened = (error: Error | undefined, channel: ClientChannel) => {
		if (error) {
			reject(new Problem('no-console', `The host opens no console: ${excerptOf(error.message)}.`, 'Check the account.', {cause: error}));
		} else {
			resolve(channel);
		}
	};

	if (command === undefined) {
		client.shell(pty, {env}, opened);
	} else {
		client.exec(command, {pty, env}, opened);
	}

	return shellOn(await promise);
}

function shellOn(channel: ClientChannel): RemoteShell {
	const decoder = new StringDecoder('utf8');
	const {promise: ended, resolve: end} = Promise.withResolvers<number>();
	let code = lostExitCode;
	channel.on('exit', (status: number | null) => {
		code = status ?? lostExitCode;
	});
	channel.once('close', () => end(code));
	channel.on('error', () => {}); // It is followed by `close`.
	channel.stderr.resume();
	return {
		write(text) {
			if (channel.writable) {
				channel.write(text);
			}
		},
		resize: (columns, rows) => channel.setWindow(rows, columns, 0, 0),
		onData(listener) {
			channel.on('data', (bytes: Buffer) => listener(decoder.write(bytes)));
		},
		onExit(listener) {
			void ended.then(listener);
		},
		async kill() {
			channel.resume();
			channel.close();
			await ended;
		},
	};
}
