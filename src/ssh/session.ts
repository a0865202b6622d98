// What a signed-in user may do in one SSH session. tancopy: the SFTP subsystem and nothing else. The console roles: a
// shell or a command, which is the console, and no SFTP. Nobody: forwarding, agents, X11, most environment variables; ssh2
// refuses what nobody listens for.
import type {Duplex} from 'node:stream';
import type {ServerChannel, Session} from 'ssh2';
import {wordsOf} from '../problem.js';
import type {Recorder} from './recorder.js';
import type {Jail} from './sftp/jail.js';
import {serveSftp} from './sftp/serve-sftp.js';
import {surroundingsOf} from './terminal.js';
import type {Receive, Visit, Visitor} from './visitor.js';

export type SessionOptions = {
	visitor: Visitor;
	jail: Jail;
	receive: Receive;
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
export function attend(session: Session, options: SessionOptions): void {
	if (options.visitor.role === 'tancopy') {
		attendCopying(session, options);
	} else {
		attendConsole(session, options, options.visitor.role);
	}
}

function attendCopying(session: Session, options: SessionOptions): void {
	const turnAway = async (channel: ServerChannel) => {
		channel.stderr.write('This account is for copying files with SFTP only.\n');
		return 1;
	};

	session.on('shell', accept => options.track(run(accept(), options, turnAway)));
	session.on('exec', accept => options.track(run(accept(), options, turnAway)));
	session.on('subsystem', (accept, reject, {name}) => {
		if (name === 'sftp') {
			options.track(run(accept(), options, copying(options)));
		} else {
			reject?.(); // Absent when the client wants no reply.
		}
	});
}

function copying({visitor, jail, record, room, signal}: SessionOptions) {
	return async (channel: Duplex) => {
		await serveSftp(channel, jail, event => record({...event, user: visitor.user}), {signal, room});
		return 0;
	};
}

function attendConsole(session: Session, options: SessionOptions, role: Visit['role']): void {
	const {visitor: {user}, signal, receive} = options;
	const surroundings = surroundingsOf(session);
	const visit = (command?: string) => async (channel: ServerChannel) => receive({
		user,
		role,
		signal,
		stream: channel,
		errors: channel.stderr,
		environment: surroundings.environment,
		...command !== undefined && {command},
		...surroundings.terminal && {terminal: surroundings.terminal},
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
		await options.record({event: 'ssh-session-failed', user: options.visitor.user, result: wordsOf(error)}).catch(() => undefined);
	} finally {
		channel.end();
		channel.resume(); // What still arrives is dropped, so that its end is seen.
	}
}
