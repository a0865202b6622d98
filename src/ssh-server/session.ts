// What a session may do, by role. tancopy: the SFTP subsystem and nothing else. The console roles: a shell (the console) or a
// command, and no SFTP. Members of the array: the commands of the array.
// Nobody: forwarding, agents, X11, most environment variables; ssh2 refuses requests without a listener.
import {once} from 'node:events';
import type {Duplex} from 'node:stream';
import type {ServerChannel, Session} from 'ssh2';
import {assertAuditable, auditWarning} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';
import {messageOf} from '../problem.js';
import type {Recorder} from './recorder.js';
import type {Jail} from '../sftp/jail/jail.js';
import type {SftpEvent} from '../sftp/observer.js';
import {status} from '../sftp/protocol.js';
import {StatusError} from '../sftp/status-error.js';
import {serveSftp} from '../sftp/serve-sftp.js';
import {clientTimeout} from './client-timeout.js';
import {clientEnvironmentOf} from './client-environment.js';
import type {MemberHandler, SessionHandler, SshSessionRequest, AuthenticatedUser} from './session-request.js';

export type SessionOptions = {
	authenticated: AuthenticatedUser;
	/** The client's address. */
	from: string;
	server: SshSessionRequest['server'];
	jail: Jail;
	handleSession: SessionHandler;
	handleMember: MemberHandler;
	recorder: Recorder;
	layout: Layout;
	/** Resolves when the connection can take more. */
	drained: () => Promise<void>;
	/** Limits what a client may send ahead on a channel. */
	watch: (channel: Duplex) => void;
	/** Aborted when the session has closed. */
	signal: AbortSignal;
	/** Aborted when the server stops. */
	stopping: AbortSignal;
	/** Adds work that must finish before the server has closed. */
	track: (work: Promise<void>) => void;
	/** Adds a console, which may restore its terminal before the server closes the connection. */
	trackConsole: (work: Promise<void>) => void;
};

/** Handles the requests of a session. */
export function answerSession(session: Session, options: SessionOptions): void {
	const {authenticated} = options;
	if (authenticated.role === 'tancopy') {
		handleSftpSession(session, options);
	} else if (authenticated.role === 'array') {
		handleMemberSession(session, options, authenticated.member);
	} else {
		handleConsoleSession(session, options, authenticated.role);
	}
}

/** Commands of the array, and nothing else: no shell, no other command, no subsystem. */
function handleMemberSession(session: Session, options: SessionOptions, member: string): void {
	const {from, handleMember} = options;
	session.on('exec', (accept, _reject, {command}) =>
		options.track(run(accept(), options, async channel => handleMember({member, from, command, stream: channel}))),
	);
}

function handleSftpSession(session: Session, options: SessionOptions): void {
	const refuse = async (channel: ServerChannel) => {
		channel.stderr.write('This account is for SFTP only.\n');
		return 1;
	};

	session.on('shell', accept => options.track(run(accept(), options, refuse)));
	session.on('exec', accept => options.track(run(accept(), options, refuse)));
	session.on('subsystem', (accept, reject, {name}) => {
		if (name === 'sftp') {
			options.track(run(accept(), options, sftpWork(options)));
		} else {
			reject?.(); // Absent when the client wants no reply.
		}
	});
}

function sftpWork({authenticated: {user}, jail, recorder, layout, drained, signal}: SessionOptions) {
	const observe = async (event: SftpEvent) => {
		const {record, recordLimited} = recorder;
		await (isRefusal(event) ? recordLimited : record)({...event, user});
	};

	return async (channel: ServerChannel) => {
		const warning = await auditWarning(layout);
		channel.stderr.write(warning === undefined ? '' : `${warning}\n`);
		await serveSftp(channel, jail, observe, {signal, drained, assertChangeable: async () => assertChangeable(layout)});
		return 0;
	};
}

/** Whether a request was refused. There can be thousands of them in a second, with any name: they share the rate of the address. */
function isRefusal({result}: SftpEvent): boolean {
	return !['completed', 'interrupted', 'failed'].includes(result);
}

/** Rejects with a StatusError, whose message has no path of this machine, while the audit log cannot be written. */
async function assertChangeable(layout: Layout): Promise<void> {
	try {
		await assertAuditable(layout);
	} catch {
		throw new StatusError(status.failure, 'The audit log cannot be written. Nothing can be changed until it can.');
	}
}

function handleConsoleSession(session: Session, options: SessionOptions, role: SshSessionRequest['role']): void {
	const {
		authenticated: {user},
		from,
		server,
		signal,
		stopping,
		drained,
		handleSession,
	} = options;
	const client = clientEnvironmentOf(session);
	const work = (command?: string) => async (channel: ServerChannel) =>
		handleSession({
			user,
			role,
			from,
			...(server && {server}),
			signal,
			stopping,
			drained,
			stream: channel,
			errors: channel.stderr,
			environment: client.environment,
			...(command !== undefined && {command}),
			...(client.terminal && {terminal: client.terminal}),
		});

	session.on('subsystem', (accept, reject, {name}) => {
		if (name === 'sftp') {
			options.track(run(accept(), options, refuseSftp));
		} else {
			reject?.();
		}
	});
	session.on('shell', accept => options.trackConsole(run(accept(), options, work())));
	session.on('exec', (accept, _reject, {command}) => options.track(run(accept(), options, work(command))));
}

/** Clients print this, where they would only print that the connection was closed. */
async function refuseSftp(channel: ServerChannel): Promise<number> {
	channel.stderr.write('This account has no SFTP. Use the account tancopy.\n');
	return 1;
}

/** Runs the work of a session, sends its exit status and closes it. Clients treat a missing status as a failure. */
async function run(channel: ServerChannel | undefined, options: SessionOptions, work: (channel: ServerChannel) => Promise<number>) {
	if (!channel) {
		return; // The session has a program already.
	}

	// An error without a listener would end the process.
	channel.on('error', () => undefined);
	channel.stderr.on('error', () => undefined);
	options.watch(channel);
	try {
		channel.exit(await work(channel));
	} catch (error) {
		channel.exit(1);
		await options.recorder.recordLimited({event: 'ssh-session-failed', user: options.authenticated.user, result: messageOf(error)});
	} finally {
		await endChannel(channel, options.signal);
	}
}

/** Milliseconds that a client has to read the rest of a session's output. */
const endTimeoutMs = 2000;

/** Ends a channel and resolves when the client has been sent everything; closes it early when the client does not read. */
async function endChannel(channel: ServerChannel, signal: AbortSignal): Promise<void> {
	const sent = once(channel, 'finish', {signal}).catch(() => undefined);
	channel.end();
	channel.resume(); // Drops what still arrives, so that the end is seen.
	const cancel = clientTimeout(endTimeoutMs, () => channel.close());
	await sent;
	cancel();
}
