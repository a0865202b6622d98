import {once} from 'node:events';
import process from 'node:process';
import type {Socket} from 'node:net';
import {atExit} from '../../at-exit.js';
import {openConsole} from '../../../screens/open.js';
import type {Ending} from '../../console/ending.js';
import type {FrontEnd} from '../../console/front-end.js';
import type {Header} from '../../console/header.js';
import {LineReader} from '../../console/line-reader.js';
import {PlainFrontEnd} from '../../console/plain-front-end.js';
import {Channel} from '../../console/remote/channel.js';
import {serviceMessage, type ConsoleMessage, type ServiceMessage} from '../../console/remote/messages.js';
import {SessionView} from '../../console/remote/show-session.js';
import {newStore, ScreenFrontEnd} from '../../console/screen-front-end.js';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {connectToFirst} from '../../services/local-socket.js';
import {print, type Command} from '../command.js';
import {hostConsoleDefinition} from '../definitions/host.js';
import {farewells} from '../farewells.js';
import {parseCall} from '../parse-call.js';
import {hasScreen, isTerminal, onSignals} from '../terminal.js';

/** The sockets of the roles, that of administrators first. */
const sockets = ['/run/tanos/admin.sock', '/run/tanos/user.sock'];

/** `tanos host console [COMMAND...]`: the console of this host, or one command; what sshd runs for its users. */
export const hostConsole: Command = async words => {
	if (words[0]?.startsWith('-')) {
		parseCall(hostConsoleDefinition, words); // It has no options; those behind a command are the command's.
	}

	const command = words.length > 0 ? words.map(quoted).join(' ') : process.env['SSH_ORIGINAL_COMMAND'];
	const service: Service = new Channel(await connect(), serviceMessage);
	return command === undefined ? openHere(service) : runCommand(service, command);
};

/** A word as wordsIn() reads it again. */
function quoted(word: string): string {
	return /^[^\s'"]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

async function connect(): Promise<Socket> {
	const {socket, refused} = await connectToFirst(sockets);
	if (socket) {
		return socket;
	}

	throw refused
		? new Problem('no-role', 'You have no role on this host.', 'An administrator adds you to the group tanadmin or tanuser: usermod -aG')
		: new Problem(
				'no-service',
				'The service of the console does not answer.',
				'An administrator looks at it: systemctl status tanos-admin.socket',
			);
}

type Service = Channel<ServiceMessage, ConsoleMessage>;

async function openHere(service: Service): Promise<number> {
	const isScreen = hasScreen();
	service.send({type: 'open-console', hasScreen: isScreen});
	const header = await service.first();
	if (header?.type !== 'hello') {
		throw new Problem('no-service', 'The service of the console ended at once.', 'An administrator reads why: journalctl -t tanos-session');
	}

	const ending = isScreen ? await onScreen(service, header) : await inLines(service, header);
	print(farewells[ending]);
	void service.end();
	return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
}

async function show(service: Service, frontEnd: FrontEnd): Promise<Ending> {
	const view = new SessionView(frontEnd, message => service.send(message));
	service.listen({received: message => view.receive(message), closed: () => view.lost()});
	const ending = await view.ended;
	if (view.fault !== undefined) {
		atExit.push(() => (view.fault instanceof Error ? view.fault.stack : String(view.fault)));
	}

	return ending;
}

async function onScreen(service: Service, header: Header): Promise<Ending> {
	const store = newStore(header, {columns: process.stdout.columns || 80, rows: process.stdout.rows || 24});
	onSignals(() => store.hangUp());
	return openConsole(
		{store, ended: show(service, new ScreenFrontEnd(store))},
		{stdin: process.stdin, stdout: process.stdout, marks: process.env['TANOS_READY_MARK'] === '1', shown() {}},
	);
}

async function inLines(service: Service, header: Header): Promise<Ending> {
	const {stdin, stdout} = process;
	const lines = new LineReader(stdin, {echo: stdin.isTTY ? stdout : undefined});
	onSignals(() => lines.end());
	stdin.setRawMode?.(true);
	try {
		return await show(service, new PlainFrontEnd(header, {lines, output: stdout, lineEnd: stdin.isTTY ? '\r\n' : '\n'}));
	} finally {
		stdin.setRawMode?.(false);
		stdin.destroy();
	}
}

async function runCommand(service: Service, command: string): Promise<number> {
	const {stdin, stdout, stderr} = process;
	const terminal = isTerminal();
	service.send({type: 'run-command', command, terminal});
	const ended = Promise.withResolvers<number>();
	service.listen({
		received(message) {
			if (message.type === 'output' || message.type === 'errors') {
				(message.type === 'output' ? stdout : stderr).write(Buffer.from(message.data, 'base64'));
			} else if (message.type === 'exited') {
				ended.resolve(message.code);
			}
		},
		closed: () => ended.resolve(exitCodes.no),
	});
	stdin.on('data', (bytes: Buffer) => {
		service.send({type: 'input', data: bytes.toString('base64')});
	});
	stdin.once('end', () => service.send({type: 'input-ended'}));
	onSignals(() => void service.end());
	stdin.setRawMode?.(terminal);
	try {
		return await ended.promise;
	} finally {
		stdin.setRawMode?.(false);
		stdin.destroy();
		void service.end();
		if (stdout.writableNeedDrain) {
			await once(stdout, 'drain');
		}
	}
}
