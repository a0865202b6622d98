// Ports for tests that run side by side. Asking the system for port 0 and closing it again gives the same port to two of
// them now and then; so each test process holds a block of ports by listening on the first one until it ends. The blocks are below
// the ports that new appliances take (20,000 and more) and that the system gives to outgoing connections.
import {once} from 'node:events';
import {createServer, type ListenOptions, type Server} from 'node:net';
import process from 'node:process';

const first = 10_000;
const blockSize = 100;
const blocks = 70; // Below the usual ports of an appliance, 17,477 and 17,480.

let block: Promise<number> | undefined;
let next = 1;

/** Ports on 127.0.0.1 that nobody listens on, and that no other test will be given. */
export async function freePorts(count: number): Promise<number[]> {
	block ??= claimBlock();
	const base = first + (await block) * blockSize;
	const ports: number[] = [];
	while (ports.length < count) {
		const port = base + next++;
		if (next > blockSize) {
			throw new Error('One test file wants more than 99 ports.');
		}

		if (await canListen({port, host: '127.0.0.1'}, async server => server[Symbol.asyncDispose]())) {
			ports.push(port);
		}
	}

	return ports;
}

async function claimBlock(): Promise<number> {
	for (let tried = 0; tried < blocks; tried++) {
		const candidate = (process.pid + tried) % blocks;
		if (await canListen({port: first + candidate * blockSize, host: '127.0.0.1'}, server => server.unref())) {
			return candidate;
		}
	}

	throw new Error('No block of ports is left for tests.');
}

async function canListen(address: ListenOptions, then: (server: Server) => unknown): Promise<boolean> {
	const server = createServer();
	try {
		server.listen(address);
		await once(server, 'listening');
	} catch {
		return false;
	}

	await then(server);
	return true;
}
