// Handles SSH sessions of the console roles: the console, on a screen or in plain lines, or one command.
import {exitCodes} from '../exit-codes.js';
import {auditOfUser} from '../appliance/audit.js';
import type {Site} from '../installation/change.js';
import {loadFlows} from '../console/flows/index.js';
import {LineReader} from '../console/line-reader.js';
import {plainSession} from '../console/plain-front-end.js';
import {screenSession} from '../console/screen-front-end.js';
import type {Ending} from '../console/ending.js';
import type {ConsoleEnvironment} from '../console/environment.js';
import {recordSession} from '../recordings/record-session.js';
import type {SessionHandler, SshSessionRequest, ClientTerminal} from '../ssh-server/session-request.js';
import {bringUpServed} from './bring-up.js';
import {farewells} from './farewells.js';
import {runRemoteCommand} from './remote-command.js';
import {remoteTerminal} from './remote-terminal.js';
import {consoleEnvironmentOf, reachedAt} from './environment.js';

/** The handler of SSH sessions for an appliance. `overrides` replace parts of the consoles' environment. */
export function sessionHandlerFor(site: Site, overrides: Partial<ConsoleEnvironment> = {}): SessionHandler {
	return async request => {
		await using recording = await recordingOf(site, request);
		if (request.command !== undefined) {
			if (recording?.notice !== undefined) {
				request.stream.write(`${recording.notice}\r\n`);
			}

			return await runRemoteCommand(site, request, request.command);
		}

		await auditOfUser(site.layout, {
			event: 'console-opened',
			user: request.user,
			from: request.from,
			terminal: request.terminal?.type ?? 'none',
		});
		const ending = await runConsole(withNotice({...servedEnvironment(site, request), ...overrides}, recording?.notice), request);
		await auditOfUser(site.layout, {event: 'console-closed', user: request.user, from: request.from, ending});
		return ending === 'signed-out' ? exitCodes.done : exitCodes.no;
	};
}

/** Only what is shown on a terminal is recorded. */
async function recordingOf({layout, identity}: Site, {user, from, terminal, stream}: SshSessionRequest) {
	return terminal && recordSession(layout, {user, from, host: identity.name, terminal, stream});
}

/** The notice is shown before the menus, until it is confirmed. */
function withNotice(environment: ConsoleEnvironment, notice: string | undefined): ConsoleEnvironment {
	return notice === undefined
		? environment
		: {...environment, bringUp: async conversation => [notice, ...(await environment.bringUp(conversation))]};
}

/**
 * Loads the modules of a session in advance: the first user does not wait for them, and a new build cannot replace them while
 * this process runs.
 */
export async function loadSessions(): Promise<void> {
	await Promise.all([import('../../screens/open.js'), loadFlows()]);
}

function servedEnvironment(site: Site, {from, server}: SshSessionRequest): ConsoleEnvironment {
	return consoleEnvironmentOf(site, {
		greeting: [],
		from,
		reachedAt: reachedAt(site, server),
		bringUp: async conversation => bringUpServed(site, async (title, work) => conversation.step(title, work)),
	});
}

async function runConsole(environment: ConsoleEnvironment, request: SshSessionRequest): Promise<Ending> {
	return request.terminal && canMoveItsCursor(request.terminal)
		? onScreen(environment, request, request.terminal)
		: inLines(environment, request);
}

async function onScreen(environment: ConsoleEnvironment, request: SshSessionRequest, terminal: ClientTerminal): Promise<Ending> {
	const {openConsole} = await import('../../screens/open.js');
	const session = screenSession(environment, terminal.size, {name: request.user, role: request.role});
	using _gone = whenAborted(request.signal, () => session.store.hangUp());
	using _stopped = whenAborted(request.stopping, () => session.store.hangUp('stopped'));
	const {drained} = request;
	const remote = remoteTerminal(request.stream, terminal, {colour: !request.environment.NO_COLOR && !isMonochrome(terminal), drained});
	void session.ended.then(() => remote.limit(farewellTimeoutMs));
	const {stdin, stdout} = remote;
	const ending = await openConsole(session, {stdin, stdout, marks: request.environment.TANOS_READY_MARK === '1', shown() {}});
	await remote.end(`${farewells[ending]}\n`);
	return ending;
}

/** Milliseconds that a client has to take the output that restores its terminal. */
const farewellTimeoutMs = 2000;

async function inLines(environment: ConsoleEnvironment, request: SshSessionRequest): Promise<Ending> {
	const {user, role, stream, terminal, signal, stopping} = request;
	const lineEnd = terminal ? '\r\n' : '\n';
	const lines = new LineReader(stream, {echo: terminal ? stream : undefined});
	using _gone = whenAborted(signal, () => lines.giveUp());
	using _stopped = whenAborted(stopping, () => lines.giveUp());
	stream.write(
		`Plain lines, because ${terminal ? 'this terminal cannot move its cursor' : 'there is no terminal'}. `
			+ `For the full console use ssh -t and a TERM such as xterm.${lineEnd}`,
	);
	const {ended} = plainSession(environment, {lines, output: stream, lineEnd, known: {name: user, role}});
	const ending = await ended;
	const isStopped = stopping.aborted && !signal.aborted && ending === 'gone';
	stream.write(`${farewells[isStopped ? 'stopped' : ending]}${lineEnd}`);
	return ending;
}

/** Calls `listener` when a signal is aborted, or immediately if it has been. Disposing of the result removes the listener. */
function whenAborted(signal: AbortSignal, listener: () => void): Disposable {
	if (signal.aborted) {
		listener();
	}

	signal.addEventListener('abort', listener, {once: true});
	return {[Symbol.dispose]: () => signal.removeEventListener('abort', listener)};
}

/** False for terminals that only print lines. */
function canMoveItsCursor({type}: ClientTerminal): boolean {
	return !/^(?:dumb|unknown|network|dialup|emacs|)$/.test(type);
}

function isMonochrome({type}: ClientTerminal): boolean {
	return /^vt\d+|-m(?:ono)?$/.test(type);
}
