// One at a time across processes. The holder listens on an abstract Unix socket (unix(7)); whoever comes second connects
// to it and waits for that connection to end, which the kernel does even when the holder is killed. Nothing is polled.
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {connect, createServer, type Server, type Socket} from 'node:net';
import {hasCode} from '../problem.js';

/** Resolves when no other holder of this name is left on this machine; disposing of the result lets the next one in. */
export async function takeTurn(name: string): Promise<AsyncDisposable> {
	const address = `\0tanos-turn-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
	for (;;) {
		const turn = await claim(address);
		if (turn) {
			return turn;
		}

		await holderGone(address);
	}
}

async function claim(address: string): Promise<AsyncDisposable | undefined> {
	const waiting = new Set<Socket>();
	const server = createServer(socket => {
		waiting.add(socket);
		socket.on('error', () => undefined).on('close', () => waiting.delete(socket)).resume();
	});
	try {
		server.listen(address);
		await once(server, 'listening');
	} catch (error) {
		if (hasCode(error, 'EADDRINUSE')) {
			return undefined;
		}

		throw error;
	}

	return {
		async [Symbol.asyncDispose]() {
			await closed(server, waiting);
		},
	};
}

async function closed(server: Server, waiting: Set<Socket>): Promise<void> {
	const gone = once(server, 'close');
	server.close();
	for (const socket of waiting) {
		socket.destroy();
	}

	await gone;
}

async function holderGone(address: string): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	connect(address).on('error', () => undefined).on('close', () => {
		resolve();
	}).resume();
	await promise;
}
