import {once} from 'node:events';
import type {Server, Socket} from 'node:net';
import {hasCode, Problem, messageOf} from '../problem.js';

/** A server that accepts connections. */
export type Listener = {
	host: string;
	port: number;
	/** Stops accepting, closes every connection, and resolves when the port is free. */
	end(): Promise<void>;
};

/** Starts to listen. Rejects with Problem `port-in-use` or `port-refused`. */
export async function listenOn(server: Server, host: string, port: number): Promise<Listener> {
	// Tracked here, because an HTTPS server does not know connections whose handshake is still in progress.
	const sockets = new Set<Socket>();
	server.on('connection', socket => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	try {
		server.listen(port, host);
		await once(server, 'listening');
	} catch (error) {
		throw hasCode(error, 'EADDRINUSE')
			? new Problem('port-in-use', `Port ${port} on ${host} is in use by another program.`, '', {cause: error})
			: new Problem('port-refused', `Port ${port} on ${host} cannot be listened on: ${messageOf(error)}`, '', {cause: error});
	}

	return {
		host,
		port,
		async end() {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) {
				socket.destroy();
			}

			await closed;
		},
	};
}
