// What a signed-in user may do in one SSH session. tancopy: the SFTP subsystem and nothing else. The console roles: a
// shell or a command, which is the console, and no SFTP. Nobody: forwarding, agents, X11, most environment variables; ssh2
// refuses what nobody listens for.
import type {Duplex} from 'node:stream';
import type {ServerChannel, Session} from 'ssh2';
import {messageOf} from '../problem.js';
import type {Recorder} from './recorder.js';
import type {Jail} from '../sftp/jail/jail.js';
import {serveSftp} from '../sftp/serve-sftp.js';
import {clientEnvironmentOf} from './client-environment.js';
import type {SessionHandler, SshSessionRequest, AuthenticatedUser} from './session-request.js';

export type SessionOptions = {
	authenticated: AuthenticatedUser;
	/** The address that the visitor comes from. */
	from: string;
	jail: Jail;
	handleSession: SessionHandler;
	record: Recorder;
	/** Waits until the connection can take more. */
	room: () => Promise<void>;
	/** Is shown every stream that a client may fill. */
	watch: (channel: Duplex) => void;
	/** Aborted when the session is over. */
	signal: AbortSignal;
	/** Is given everything that has to end before the server is closed. */
	track: (work: Promise<void>) => void;
};

/** Answers what a client asks for in a session. */
export function answerSession(session: Session, options: SessionOptions): void {
	if (options.authenticated.role === 'tancopy') {
		handleSftpSession(session, options);
	} else {
		handleConsoleSession(session, options, options.authenticated.role);
	}
}

function handleSftpSession(session: Session, options: SessionOptions): void {
	const refuse = async (channel: ServerChannel) => {
		channel.stderr.write('This account is for copying files with SFTP only.\n');
		return 1;
	};

	session.on('shell', accept => options.track(run(accept(), options, refuse)));
	session.on('exec', accept => options.track(run(accept(), options, refuse)));
	session.on('subsystem', (accept, reject, {name}) => {
		if (name === 'sftp') {
			options.track(run(accept(), options, copying(options)));
		} else {
			reject?.(); // Absent when the client wants no reply.
		}
	});
}

function copying({authenticated, jail, record, room, signal}: SessionOptions) {
	return async (channel: Duplex) => {
		await serveSftp(channel, jail, event => record({...event, user: authenticated.user}), {signal, room});
		return 0;
	};
}

function handleConsoleSession(session: Session, options: SessionOptions, role: SshSessionRequest['role']): void {
	const {authenticated: {user}, from, signal, handleSession} = options;
	const client = clientEnvironmentOf(session);
	const visit = (command?: string) => async (channel: ServerChannel) => handleSession({
		user,
		role,
		from,
		signal,
		stream: channel,
		errors: channel.stderr,
		environment: client.environment,
		...command !== undefined && {command},
		...client.terminal && {terminal: client.terminal},
	});

	session.on('shell', accept => options.track(run(accept(), options, visit())));
	session.on('exec', (accept, _reject, {command}) => options.track(run(accept(), options, visit(command))));
}

/** Does a session's work, then tells its exit status and closes it. Clients take a session without a status for a failure. */
async function run(channel: ServerChannel | undefined, options: SessionOptions, work: (channel: ServerChannel) => Promise<number>) {
	if (!channel) {
		return; // ssh2 gives none when the session runs something already.
	}

	// Without a listener, a client that goes away would end the process.
	channel.on('error', () => undefined);
	channel.stderr.on('error', () => undefined);
	options.watch(channel);
	try {
		channel.exit(await work(channel));
	} catch (error) {
		channel.exit(1);
		await options.record({event: 'ssh-session-failed', user: options.authenticated.user, result: messageOf(error)}).catch(() => undefined);
	} finally {
		channel.end();
		channel.resume(); // What still arrives is dropped, so that its end is seen.
	}
}
