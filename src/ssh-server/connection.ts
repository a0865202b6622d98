// One connection. ssh2 implements the protocol; the limits that it lacks are here.
import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import type {Connection, ServerConfig, Session} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import {readBanner} from '../appliance/users/banner.js';
import type {Layout} from '../appliance/layout.js';
import {messageOf} from '../problem.js';
import type {Admission} from './connection-limiter.js';
import type {Limits} from './limits.js';
import type {PasswordQueue} from '../appliance/users/password-queue.js';
import {type Recorder, recorderFor} from './recorder.js';
import {answerSession} from './session.js';
import type {Jail} from '../sftp/jail/jail.js';
import {Authentication} from './authentication.js';
import type {MemberHandler, SessionHandler} from './session-request.js';
import type {SourcePenalties} from '../appliance/users/source-penalties.js';

/** Shared by all connections of a server. */
export type SshServerContext = {
	layout: Layout;
	limits: Limits;
	transport: ServerConfig;
	jail: Jail;
	passwords: PasswordQueue;
	penalties: SourcePenalties;
	handleSession: SessionHandler;
	handleMember: MemberHandler;
	now: () => Date;
	/** Aborted when the server stops. */
	stopping: AbortSignal;
	/** Adds work that must finish before the server has closed. */
	track: (work: Promise<void>) => void;
	/** Adds a console, which may restore its terminal before the server closes the connection. */
	trackConsole: (work: Promise<void>) => void;
};

/** Serves one connection. */
export function serveConnection(socket: Socket, admission: Admission, context: SshServerContext): void {
	const closed = new AbortController();
	const from = socket.remoteAddress ?? 'unknown';
	const recorder = recorderFor(context.layout, from);
	const grace = setTimeout(() => {
		context.track(recorder.recordLimited({event: 'ssh-timeout'}));
		socket.destroy();
	}, context.limits.loginGraceMs);

	socket.setNoDelay(true); // Nagle's algorithm would delay every small file.
	joinWrites(socket);
	socket.on('error', () => undefined);
	socket.once('close', () => {
		clearTimeout(grace);
		admission.release();
		closed.abort();
	});

	context.track(
		startProtocol({socket, context, from, recorder, signal: closed.signal}, () => {
			clearTimeout(grace);
			admission.authenticated();
		}),
	);
}

/** Starts the SSH protocol, with the present banner. Calls `authenticated` once a user has authenticated. */
async function startProtocol(peer: Peer, authenticated: () => void): Promise<void> {
	const {socket, context, recorder} = peer;
	try {
		const banner = (await readBanner(context.layout))?.replaceAll('\n', '\r\n');
		const server = new ssh2.Server({...context.transport, ...(banner !== undefined && {banner})}, client => {
			// A protocol error or a broken connection. ssh2 would leave the socket half open.
			client.on('error', () => socket.destroy());
			client.once('ready', authenticated);
			holdKeyExchange(socket);
			handleClient(client, peer);
		});
		server.on('error', () => socket.destroy());
		server.injectSocket(socket);
	} catch (error) {
		socket.destroy();
		await recorder.recordLimited({event: 'ssh-failed', result: messageOf(error)});
	}
}

/**
 * Passes on together what is written in one turn of the event loop. ssh2 writes a packet in three or four parts, its length and its
 * authentication tag among them: without this each would be a system call and, without Nagle's algorithm, a TCP segment.
 */
function joinWrites(socket: Socket): void {
	const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
	let isJoining = false;
	socket.write = (...parameters: unknown[]) => {
		if (!isJoining) {
			isJoining = true;
			socket.cork();
			process.nextTick(() => {
				isJoining = false;
				socket.uncork();
			});
		}

		return write(...parameters);
	};
}

/** Milliseconds to wait for the client's KEXINIT. */
const keyExchangeTimeoutMs = 10;

/**
 * Holds back our KEXINIT until the client's has arrived. ssh2 would send it first, so that nothing acknowledged the client's, and the
 * client's next packet would wait 40 ms for the delayed acknowledgement (Nagle's algorithm).
 */
function holdKeyExchange(socket: Socket): void {
	socket.cork();
	const release = () => {
		clearTimeout(timeout);
		socket.off('data', release);
		socket.uncork();
	};

	const timeout = setTimeout(release, keyExchangeTimeoutMs);
	socket.on('data', release);
}

type Peer = {socket: Socket; context: SshServerContext; from: string; recorder: Recorder; signal: AbortSignal};

function handleClient(client: Connection, peer: Peer): void {
	const {
		socket,
		context: {layout, limits, now, passwords, penalties, track},
		from,
		recorder,
		signal,
	} = peer;
	const disconnect = () => {
		client.end(); // Sends a disconnect message; destroy() drops whatever the client still sends.
		socket.destroy();
	};

	const authentication = new Authentication({layout, limits, from, now, passwords, penalties, recorder, disconnect, signal});
	client.on('authentication', request => {
		track(
			authentication.answer(request).catch(async (error: unknown) => {
				disconnect();
				await recorder.recordLimited({event: 'ssh-sign-in-failed', result: messageOf(error)});
			}),
		);
	});
	client.once('ready', () => openSessions(client, authentication, peer));
}

/** Opens sessions for an authenticated client, up to the limit. */
function openSessions(client: Connection, {authenticated}: Authentication, {socket, context, from, recorder, signal}: Peer): void {
	let open = 0;
	const [drained, watch] = [drainOf(socket, signal), disconnectOnFlood(socket)];
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
			server: addressOf(socket),
			recorder,
			drained,
			watch,
			signal: AbortSignal.any([signal, abortedOnClose(session, () => open--)]),
		});
	});
}

/** Where the client has connected to. An address of IPv4 that is mapped into IPv6 (RFC 4291 section 2.5.5.2) is written as IPv4. */
function addressOf({localAddress, localPort}: Socket): {host: string; port: number} | undefined {
	return localAddress === undefined || localPort === undefined
		? undefined
		: {host: localAddress.replace(/^::ffff:(?=\d+\.)/i, ''), port: localPort};
}

/** A signal that is aborted when the session closes. */
function abortedOnClose(session: Session, then: () => void): AbortSignal {
	const closed = new AbortController();
	session.once('close', () => {
		then();
		closed.abort();
	});
	return closed.signal;
}

/**
 * Returns a function that resolves when the socket can take more: ssh2 writes all that a channel's window allows, whether or not the
 * client reads it. All sessions share one listener.
 */
function drainOf(socket: Socket, signal: AbortSignal): () => Promise<void> {
	let waiting: Promise<void> | undefined;
	const drain = async () => {
		try {
			await once(socket, 'drain', {signal});
		} finally {
			waiting = undefined;
		}
	};

	return async () => {
		if (socket.writableNeedDrain) {
			await (waiting ??= drain());
		}
	};
}

/** Twice the window that ssh2 announces. */
const maxUnreadBytes = 4 * 1024 * 1024;

/**
 * Returns a function that watches a channel: ssh2 accepts data beyond the window, so a client could fill the memory. Such a client is
 * disconnected. All sessions share one listener.
 */
function disconnectOnFlood(socket: Socket): (channel: Duplex) => void {
	const channels = new Set<Duplex>();
	socket.on('data', () => {
		if (channels.values().some(({readableLength}) => readableLength > maxUnreadBytes)) {
			socket.destroy();
		}
	});
	return channel => {
		channels.add(channel);
		channel.once('close', () => channels.delete(channel));
	};
}
