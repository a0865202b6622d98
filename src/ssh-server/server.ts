import {once, setMaxListeners} from 'node:events';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {auditLimited, flushAudit} from '../appliance/audit.js';
import {ensureHostKey} from '../appliance/host-key.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {hasCode, Problem} from '../problem.js';
import {clientTimeout} from './client-timeout.js';
import {type SshServerContext, serveConnection} from './connection.js';
import {ConnectionLimiter} from './connection-limiter.js';
import {type Limits, defaultLimits} from './limits.js';
import {PasswordQueue} from '../appliance/users/password-queue.js';
import {SourcePenalties} from '../appliance/users/source-penalties.js';
import {Jail} from '../sftp/jail/jail.js';
import type {Share} from '../sftp/jail/path-mapping.js';
import {Quota} from '../sftp/jail/quota.js';
import {transportOf} from './transport.js';
import {refuseMember, refuseSession, type MemberHandler, type SessionHandler} from './session-request.js';

export type SshServer = {
	port: number;
	/** Ends the consoles, closes every connection, and resolves when the last open file is closed and recorded. */
	close(): Promise<void>;
};

export type ServeOptions = {
	limits?: Partial<Limits>;
	/** Handles consoles and commands. They are refused when absent. */
	handleSession?: SessionHandler;
	/** Handles the commands of the array's members. They are refused when absent. */
	handleMember?: MemberHandler;
	/** The clock for locks. */
	now?: () => Date;
};

/**
 * Serves SSH and SFTP for an appliance on `identity.address`, port `identity.ports.ssh` (0 for any free port). Generates the host key if
 * it is missing. Rejects with Problem `port-in-use`, `port-forbidden` or `host-key-unreadable`.
 */
export async function serve(layout: Layout, identity: Identity, options: ServeOptions = {}): Promise<SshServer> {
	await ensureHostKey(layout);
	const {limits: limitsGiven, handleSession = refuseSession, handleMember = refuseMember, now = () => new Date()} = options;
	const limits = {...defaultLimits, ...limitsGiven};
	const [work, consoles, stopping] = [new WorkSet(), new WorkSet(), new AbortController()];
	setMaxListeners(0, stopping.signal); // One for each console.
	const context: SshServerContext = {
		layout,
		limits,
		transport: await transportOf(layout),
		jail: new Jail(sharesOf(layout, limits)),
		handleSession,
		handleMember,
		now,
		passwords: new PasswordQueue(),
		penalties: new SourcePenalties(limits.penalties),
		stopping: stopping.signal,
		track: promise => work.add(promise),
		trackConsole(promise) {
			work.add(promise);
			consoles.add(promise);
		},
	};
	const sockets = new Set<Socket>();
	const server = createServer(acceptConnection(context, sockets));
	await listen(server, identity, layout);
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			const {promise: closed, resolve} = Promise.withResolvers<unknown>();
			server.close(resolve);
			stopping.abort();
			await consolesEnded(consoles);
			await Promise.all([...sockets].map(closeSocket));
			await closed;
			await work.settled();
			flushAudit(layout);
		},
	};
}

/** Resolves when the consoles have ended, or when their time is up. */
async function consolesEnded(consoles: WorkSet): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	const cancel = clientTimeout(stopTimeoutMs, resolve);
	await Promise.race([consoles.settled(), promise]);
	cancel();
}

/** Milliseconds that consoles have to restore their terminals when the server stops. */
const stopTimeoutMs = 2000;

/** Promises that have not settled yet. */
class WorkSet {
	readonly #pending = new Set<Promise<void>>();

	add(work: Promise<void>): void {
		const remove = () => this.#pending.delete(work);
		this.#pending.add(work);
		work.then(remove, remove);
	}

	async settled(): Promise<void> {
		await Promise.allSettled(this.#pending);
	}
}

/** Sends what the socket holds, for at most a second, then destroys it. */
async function closeSocket(socket: Socket): Promise<void> {
	const closed = socket.destroyed ? Promise.resolve() : once(socket, 'close').catch(() => undefined);
	const cancel = clientTimeout(flushTimeoutMs, () => socket.destroy());
	socket.destroySoon();
	await closed;
	cancel();
}

const flushTimeoutMs = 1000;

/**
 * The shares of `tancopy`. The console puts reports and backups into /outgoing; clients may read and remove them, but not change
 * them.
 */
function sharesOf(layout: Layout, limits: Limits): Share[] {
	return [
		{name: 'incoming', folder: layout.incoming, allows: 'all', quota: new Quota(layout.incoming, limits.incoming)},
		{name: 'outgoing', folder: layout.outgoing, allows: 'read-and-remove'},
	];
}

/** Admits or refuses connections. A series of refusals makes one line in the audit log. */
function acceptConnection(context: SshServerContext, sockets: Set<Socket>) {
	const limiter = new ConnectionLimiter(context.limits);
	let isFull = false;
	return (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		const from = socket.remoteAddress ?? 'unknown';
		const admission = limiter.admit(from);
		if (admission) {
			isFull = false;
			serveConnection(socket, admission, context);
			return;
		}

		socket.on('error', () => undefined);
		socket.end('Too many connections\r\n');
		socket.destroySoon();
		if (!isFull) {
			isFull = true;
			context.track(auditLimited(context.layout, {event: 'ssh-crowded', from}));
		}
	};
}

async function listen(server: Server, identity: Identity, layout: Layout): Promise<void> {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(identity.ports.ssh, identity.address, resolve);
	try {
		await promise;
	} catch (error) {
		throw portProblem(error, identity, layout);
	}

	server.removeListener('error', reject);
	server.on('error', () => undefined); // Such as no free descriptor while accepting: the next connection may succeed.
}

function portProblem(error: unknown, {address, ports: {ssh: port}}: Identity, layout: Layout): unknown {
	const otherPort = `or set another port ("ssh" in "ports") in ${layout.identity}`;
	if (hasCode(error, 'EADDRINUSE')) {
		const hint = `Check whether \`tanos serve\` is running already, ${otherPort}.`;
		return new Problem('port-in-use', `Port ${port} on ${address} is in use by another program.`, hint, {cause: error});
	}

	if (hasCode(error, 'EACCES')) {
		const hint = `Run it with permission to use ports below 1024, ${otherPort}.`;
		return new Problem('port-forbidden', `Port ${port} is not available to this user.`, hint, {cause: error});
	}

	return error;
}
