import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {audit} from '../appliance/audit.js';
import {ensureHostKey} from '../appliance/host-key.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {hasCode, Problem} from '../problem.js';
import {type SshServerContext, serveConnection} from './connection.js';
import {ConnectionLimiter} from './connection-limiter.js';
import {type Limits, defaultLimits} from './limits.js';
import {Jail} from '../sftp/jail/jail.js';
import type {Share} from '../sftp/jail/path-mapping.js';
import {Quota} from '../sftp/jail/quota.js';
import {transportOf} from './transport.js';
import {refuseSession, type SessionHandler} from './session-request.js';

export type SshServer = {
	port: number;
	/** Ends every connection, and resolves when the last open file is closed and recorded. */
	close(): Promise<void>;
};

export type ServeOptions = {
	limits?: Partial<Limits>;
	/** Receives who comes for a console or with a command. Without it they are told that there is none. */
	handleSession?: SessionHandler;
	/** Tells the time by which locks end. */
	now?: () => Date;
};

/**
 * Serves SSH and SFTP for an appliance on 127.0.0.1, at `identity.ports.ssh` (0 for any free port); makes the host key when
 * there is none. Rejects with Problem `port-in-use`, `port-forbidden` or `host-key-unreadable`.
 */
export async function serve(layout: Layout, identity: Identity, options: ServeOptions = {}): Promise<SshServer> {
	await ensureHostKey(layout);
	const limits = {...defaultLimits, ...options.limits};
	const work = new Set<Promise<void>>();
	const context: SshServerContext = {
		layout,
		limits,
		transport: await transportOf(layout),
		jail: new Jail(sharesOf(layout, limits)),
		handleSession: options.handleSession ?? refuseSession,
		now: options.now ?? (() => new Date()),
		track(promise) {
			const forget = () => work.delete(promise);
			work.add(promise);
			promise.then(forget, forget);
		},
	};
	const sockets = new Set<Socket>();
	const server = createServer(acceptConnection(context, sockets));
	await listen(server, identity, layout);
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			const closed = new Promise(resolve => {
				server.close(resolve);
			});
			for (const socket of sockets) {
				socket.destroy();
			}

			await closed;
			await Promise.allSettled(work);
		},
	};
}

/**
 * What `tancopy` sees. The console puts reports and backups into /outgoing; a client may fetch them and clear them away,
 * but not make them look different from what the console wrote.
 */
function sharesOf(layout: Layout, limits: Limits): Share[] {
	return [
		{name: 'incoming', folder: layout.incoming, allows: 'all', quota: new Quota(layout.incoming, limits.incoming)},
		{name: 'outgoing', folder: layout.outgoing, allows: 'read-and-remove'},
	];
}

/** Lets connections in or turns them away. The audit log gets one line per crowd, not one per connection that is turned away. */
function acceptConnection(context: SshServerContext, sockets: Set<Socket>) {
	const limiter = new ConnectionLimiter(context.limits);
	let crowded = false;
	return (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		const from = socket.remoteAddress ?? 'unknown';
		const admission = limiter.admit(from);
		if (admission) {
			crowded = false;
			serveConnection(socket, admission, context);
			return;
		}

		socket.on('error', () => undefined);
		socket.end('Too many connections\r\n');
		socket.destroySoon();
		if (!crowded) {
			crowded = true;
			context.track(audit(context.layout, {event: 'ssh-crowded', from}).catch(() => undefined));
		}
	};
}

async function listen(server: Server, identity: Identity, layout: Layout): Promise<void> {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(identity.ports.ssh, '127.0.0.1', resolve);
	try {
		await promise;
	} catch (error) {
		throw portProblem(error, identity.ports.ssh, layout);
	}

	server.removeListener('error', reject);
	server.on('error', () => undefined); // Running out of descriptors while accepting: the next connection may do.
}

function portProblem(error: unknown, port: number, layout: Layout): unknown {
	const otherPort = `or set another port ("ssh" in "ports") in ${layout.identity}`;
	if (hasCode(error, 'EADDRINUSE')) {
		const hint = `See whether \`tanos serve\` is running already, ${otherPort}.`;
		return new Problem('port-in-use', `Port ${port} on 127.0.0.1 is taken by another program.`, hint, {cause: error});
	}

	if (hasCode(error, 'EACCES')) {
		const hint = `Run it with the right to use ports below 1024, ${otherPort}.`;
		return new Problem('port-forbidden', `Port ${port} is not open to this user.`, hint, {cause: error});
	}

	return error;
}
