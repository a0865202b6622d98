// The console of a host connects first and loads what draws afterwards, while systemd starts the service at the other end.
import process from 'node:process';
import type {Socket} from 'node:net';
import type {ConsoleMessage} from '../../console/remote/messages.js';
import {Problem} from '../../problem.js';
import {connectToFirst} from '../../services/local-socket.js';
import type {Command} from '../command.js';
import {compileAtOnce} from '../compile-at-once.js';
import {hostConsoleDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {prepareForInk} from '../prepare-for-ink.js';
import {hasScreen, isTerminal} from '../terminal.js';

/** The sockets of the roles, that of administrators first. */
const sockets = ['/run/tanos/admin.sock', '/run/tanos/user.sock'];

/** `tanos host console [COMMAND...]`: the console of this host, or one command; what sshd runs for its users. */
export const hostConsole: Command = async words => {
	if (words[0]?.startsWith('-')) {
		parseCall(hostConsoleDefinition, words); // It has no options; those behind a command are the command's.
	}

	const command = words.length > 0 ? words.map(quoted).join(' ') : process.env['SSH_ORIGINAL_COMMAND'];
	const socket = await connect();
	const first: ConsoleMessage =
		command === undefined ? {type: 'open-console', hasScreen: hasScreen()} : {type: 'run-command', command, terminal: isTerminal()};
	socket.write(`${JSON.stringify(first)}\n`);
	if (command !== undefined) {
		return (await import('./run-command.js')).runCommand(socket);
	}

	prepareForInk();
	return (await compileAtOnce(async () => import('./open-console.js'))).openHostConsole(socket);
};

/** A word as wordsIn() reads it again. */
function quoted(word: string): string {
	return /^[^\s'"]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

async function connect(): Promise<Socket> {
	const {socket, refused} = await connectToFirst(sockets);
	if (socket) {
		return socket.on('error', () => {}); // It is closed as well, which is told to whoever listens.
	}

	throw refused
		? new Problem('no-role', 'You have no role on this host.', 'An administrator adds you to the group tanadmin or tanuser: usermod -aG')
		: new Problem(
				'no-service',
				'The service of the console does not answer.',
				'An administrator looks at it: systemctl status tanos-admin.socket',
			);
}
