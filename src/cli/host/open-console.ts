import process from 'node:process';
import type {Socket} from 'node:net';
import {openConsole} from '../../../screens/open.js';
import {atExit} from '../../at-exit.js';
import type {Ending} from '../../console/ending.js';
import type {FrontEnd} from '../../console/front-end.js';
import type {Header} from '../../console/header.js';
import {LineReader} from '../../console/line-reader.js';
import {PlainFrontEnd} from '../../console/plain-front-end.js';
import {Channel} from '../../console/remote/channel.js';
import {serviceMessage, type ConsoleMessage, type ServiceMessage} from '../../console/remote/messages.js';
import {SessionView} from '../../console/remote/session-view.js';
import {newStore, ScreenFrontEnd} from '../../console/screen-front-end.js';
import {exitCodes} from '../../exit-codes.js';
import {Problem} from '../../problem.js';
import {print} from '../command.js';
import {farewells} from '../farewells.js';
import {hasScreen, onSignals} from '../terminal.js';

type Service = Channel<ServiceMessage, ConsoleMessage>;

/** Shows the session at the other end of this connection until it ends. Resolves with the exit code. Rejects with Problem `no-service`. */
export async function openHostConsole(socket: Socket): Promise<number> {
	const service: Service = new Channel(socket, serviceMessage);
	const header = await service.first();
	if (header?.type !== 'hello') {
		throw new Problem('no-service', 'The service of the console ended at once.', 'An administrator reads why: journalctl -t tanos-session');
	}

	const ending = hasScreen() ? await onScreen(service, header) : await inLines(service, header);
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
