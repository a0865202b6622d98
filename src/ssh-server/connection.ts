// One connection from its first byte to its last. ssh2 speaks the protocol; what it has no limits for is limited here.
import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import ssh2, {type Connection, type ServerConfig, type Session} from 'ssh2';
import {readBanner} from '../appliance/users/banner.js';
import type {Layout} from '../appliance/layout.js';
import {messageOf} from '../problem.js';
import type {Admission} from './connection-limiter.js';
import type {Limits} from './limits.js';
import {type Recorder, recorderFor} from './recorder.js';
import {answerSession} from './session.js';
import type {Jail} from '../sftp/jail/jail.js';
import {SignIn} from './authentication.js';
import type {SessionHandler} from './session-request.js';

/** What all connections of a server share. */
export type SshServerContext = {
	layout: Layout;
	limits: Limits;
	transport: ServerConfig;
	jail: Jail;
	handleSession: SessionHandler;
	now: () => Date;
	/** Is given everything that has to end before the server is closed. */
	track: (work: Promise<void>) => void;
};

/** Serves one connection. */
export function serveConnection(socket: Socket, admission: Admission, context: SshServerContext): void {
	const over = new AbortController();
	const from = socket.remoteAddress ?? 'unknown';
	const record = recorderFor(context.layout, from);
	const grace = setTimeout(() => {
		context.track(record({event: 'ssh-timeout'}).catch(() => undefined));
		socket.destroy();
	}, context.limits.graceTime);

	socket.setNoDelay(true); // With Nagle's algorithm every small file costs a delayed acknowledgement.
	socket.on('error', () => undefined);
	socket.once('close', () => {
		clearTimeout(grace);
		admission.release();
		over.abort();
	});

	context.track(greet({socket, context, from, record, signal: over.signal}, () => {
		clearTimeout(grace);
		admission.authenticated();
	}));
}

/** Begins to speak SSH, with the banner that is installed at this moment; `known` is called when somebody has signed in. */
async function greet(contact: Contact, authenticated: () => void): Promise<void> {
	const {socket, context, record} = contact;
	try {
		const banner = (await readBanner(context.layout))?.replaceAll('\n', '\r\n');
		const server = new ssh2.Server({...context.transport, ...banner !== undefined && {banner}}, client => {
			// A bad packet or a broken connection; ssh2 has told the client. It would leave the socket half open.
			client.on('error', () => socket.destroy());
			client.once('ready', authenticated);
			welcome(client, contact);
		});
		server.on('error', () => socket.destroy());
		server.injectSocket(socket);
	} catch (error) {
		socket.destroy();
		await record({event: 'ssh-failed', result: messageOf(error)}).catch(() => undefined);
	}
}

type Contact = {socket: Socket; context: SshServerContext; from: string; record: Recorder; signal: AbortSignal};

function welcome(client: Connection, contact: Contact): void {
	const {socket, context: {layout, limits, now, track}, from, record, signal} = contact;
	const hangUp = () => {
		client.end(); // Says goodbye; but a client that goes on talking must not be listened to.
		socket.destroy();
	};

	const signIn = new SignIn({layout, limits, from, now, record, hangUp, signal});
	client.on('authentication', request => {
		track(signIn.answer(request).catch(async (error: unknown) => {
			hangUp();
			await record({event: 'ssh-sign-in-failed', result: messageOf(error)}).catch(() => undefined);
		}));
	});
	client.once('ready', () => openSessions(client, signIn, contact));
}

/** Opens sessions for a client that has signed in, up to the limit. */
function openSessions(client: Connection, {authenticated}: SignIn, {socket, context, from, record, signal}: Contact): void {
	let open = 0;
	client.on('session', (accept, reject) => {
		if (!authenticated || open >= context.limits.sessions) {
			reject();
			return;
		}

		open++;
		const session = accept();
		answerSession(session, {
			...context,
			authenticated,
			from,
			record,
			room: () => roomIn(socket, signal),
			watch: channel => hangUpOnFlood(socket, channel),
			signal: AbortSignal.any([signal, closing(session, () => open--)]),
		});
	});
}

/** A signal that is aborted when the client closes the session. */
function closing(session: Session, then: () => void): AbortSignal {
	const closed = new AbortController();
	session.once('close', () => {
		then();
		closed.abort();
	});
	return closed.signal;
}

/** ssh2 puts what a channel's window allows into the socket, whether or not anybody reads it. */
async function roomIn(socket: Socket, signal: AbortSignal): Promise<void> {
	if (socket.writableNeedDrain) {
		await once(socket, 'drain', {signal});
	}
}

/** Twice the window that ssh2 gives to a client. */
const maxUnreadBytes = 4 * 1024 * 1024;

/** ssh2 goes on taking what a client sends beyond its window; one that does so would fill the memory. */
function hangUpOnFlood(socket: Socket, channel: Duplex): void {
	const look = () => {
		if (channel.readableLength > maxUnreadBytes) {
			socket.destroy();
		}
	};

	socket.on('data', look);
	channel.once('close', () => socket.off('data', look));
}
