// Whoever comes over SSH with the role for it: the console, on a screen or in plain lines, or one command.
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

/** Receives visits to this appliance. */
export function sessionHandlerFor(site: Site): SessionHandler {
	return async visit => {
		if (visit.command !== undefined) {
			return runRemoteCommand(site, visit, visit.command);
		}

		await audit(site.layout, {event: 'console-opened', user: visit.user, from: visit.from, terminal: visit.terminal?.type ?? 'none'});
		const ending = await hold(site, visit);
		await audit(site.layout, {event: 'console-closed', user: visit.user, from: visit.from, ending});
		return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
	};
}

/**
 * Loads what a session may need, so that the first visitor does not wait for it, and so that a newer build beside this process
 * does not take it away.
 */
export async function loadSessions(): Promise<void> {
	await Promise.all([import('../../screens/open.js'), ...Object.values(flows).map(async load => load())]);
}

async function hold(site: Site, visit: SshSessionRequest): Promise<Ending> {
	const environment = consoleEnvironmentOf(site, {greeting: [], from: visit.from, bringUp: async conversation => bringUpServed(site, async (title, work) => conversation.step(title, work))});
	return visit.terminal && canMoveItsCursor(visit.terminal) ? onScreen(environment, visit, visit.terminal) : inLines(environment, visit);
}

async function onScreen(environment: ConsoleEnvironment, visit: SshSessionRequest, terminal: ClientTerminal): Promise<Ending> {
	const {openConsole} = await import('../../screens/open.js');
	const session = screenSession(environment, terminal.size, {name: visit.user, role: visit.role});
	visit.signal.addEventListener('abort', () => {
		session.store.hangUp();
	}, {once: true});
	const ends = remoteTerminal(visit.stream, terminal, {colour: !visit.environment.NO_COLOR && !isMonochrome(terminal)});
	return openConsole(session, {...ends, marks: visit.environment.TANOS_READY_MARK === '1', shown() {}});
}

async function inLines(environment: ConsoleEnvironment, {user, role, stream, terminal, signal}: SshSessionRequest): Promise<Ending> {
	const lineEnd = terminal ? '\r\n' : '\n';
	const lines = new LineReader(stream, {echo: terminal ? stream : undefined});
	signal.addEventListener('abort', () => {
		lines.giveUp();
	}, {once: true});
	stream.write(`Plain lines, as ${terminal ? 'this terminal cannot move its cursor' : 'there is no terminal'}. For the whole console: ssh -t, and TERM=xterm or the like.${lineEnd}`);
	return plainSession(environment, {lines, output: stream, lineEnd, known: {name: user, role}}).ended;
}

/** Terminals that only print, one line after the other. */
function canMoveItsCursor({type}: ClientTerminal): boolean {
	return !/^(?:dumb|unknown|network|dialup|emacs|)$/.test(type);
}

function isMonochrome({type}: ClientTerminal): boolean {
	return /^vt\d+|-m(?:ono)?$/.test(type);
}
