// What a session over SSH runs: the console, on a screen or in plain lines, or one command.
import {audit} from '../appliance/audit.js';
import type {Site} from '../installation/change.js';
import {flows} from '../console/flows/index.js';
import {LineReader} from '../console/line-reader.js';
import {plainSession} from '../console/plain-front-end.js';
import {screenSession} from '../console/screen-front-end.js';
import type {Ending} from '../console/session.js';
import type {ConsoleEnvironment} from '../console/environment.js';
import type {SessionHandler, SshSessionRequest, ClientTerminal} from '../ssh-server/session-request.js';
import {bringUpServed} from './bring-up.js';
import {exitCodes} from './command.js';
import {runRemoteCommand} from './remote-command.js';
import {remoteTerminal} from './remote-terminal.js';
import {consoleEnvironmentOf} from './environment.js';

/** Handles the sessions of SSH clients of this appliance. */
export function sessionHandlerFor(site: Site): SessionHandler {
	return async request => {
		if (request.command !== undefined) {
			return runRemoteCommand(site, request, request.command);
		}

		await audit(site.layout, {event: 'console-opened', user: request.user, from: request.from, terminal: request.terminal?.type ?? 'none'});
		const ending = await openSession(site, request);
		await audit(site.layout, {event: 'console-closed', user: request.user, from: request.from, ending});
		return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
	};
}

/**
 * Loads what a session may need, so that the first session does not wait for it, and so that this process does not load parts
 * of a newer build.
 */
export async function loadSessions(): Promise<void> {
	await Promise.all([import('../../screens/open.js'), ...Object.values(flows).map(async load => load())]);
}

async function openSession(site: Site, request: SshSessionRequest): Promise<Ending> {
	const environment = consoleEnvironmentOf(site, {greeting: [], from: request.from, async bringUp(conversation) {
		return bringUpServed(site, async (title, work) => conversation.step(title, work));
	}});
	const {terminal} = request;
	return terminal && canMoveCursor(terminal) ? onScreen(environment, request, terminal) : inLines(environment, request);
}

async function onScreen(environment: ConsoleEnvironment, request: SshSessionRequest, terminal: ClientTerminal): Promise<Ending> {
	const {openConsole} = await import('../../screens/open.js');
	const session = screenSession(environment, terminal.size, {name: request.user, role: request.role});
	request.signal.addEventListener('abort', () => {
		session.store.hangUp();
	}, {once: true});
	const ends = remoteTerminal(request.stream, terminal, {colour: !request.environment.NO_COLOR && !isMonochrome(terminal)});
	return openConsole(session, {...ends, marks: request.environment.TANOS_READY_MARK === '1', shown() {}});
}

async function inLines(environment: ConsoleEnvironment, {user, role, stream, terminal, signal}: SshSessionRequest): Promise<Ending> {
	const lineEnd = terminal ? '\r\n' : '\n';
	const lines = new LineReader(stream, {echo: terminal ? stream : undefined});
	signal.addEventListener('abort', () => {
		lines.giveUp();
	}, {once: true});
	const reason = terminal ? 'this terminal cannot move its cursor' : 'there is no terminal';
	stream.write(`Plain lines, as ${reason}. For the whole console: ssh -t, and TERM=xterm or the like.${lineEnd}`);
	return plainSession(environment, {lines, output: stream, lineEnd, known: {name: user, role}}).ended;
}

/** False for terminals that only print, line by line. */
function canMoveCursor({type}: ClientTerminal): boolean {
	return !/^(?:dumb|unknown|network|dialup|emacs|)$/.test(type);
}

function isMonochrome({type}: ClientTerminal): boolean {
	return /^vt\d+|-m(?:ono)?$/.test(type);
}
