import {randomInt} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {hasCode, Problem} from '../problem.js';
import {lockPorts} from './lock.js';
import {takenPlaces} from './sandboxes.js';

/** Loopback addresses for sandboxes that have the usual ports. Others of this user choose none before it is disposed of. */
export type Addresses = AsyncDisposable & {of: readonly string[]};

const most = 250;

/**
 * Addresses 127.77.0.N in a row, on which none of these ports is in use and which no other sandbox of this user has. The first N is
 * random, because those of other users are not known while they are stopped. Rejects with Problem `no-address`.
 */
export async function freeAddresses(count: number, ports: readonly number[]): Promise<Addresses> {
	const lock = await lockPorts();
	const taken = (await takenPlaces()).map(({address}) => address);
	for (let attempt = 0; attempt < 100; attempt++) {
		const first = randomInt(1, most - count);
		const of = Array.from({length: count}, (_, index) => `127.77.0.${first + index}`);
		if (!of.some(address => taken.includes(address)) && (await areFree(of, ports))) {
			return {of, [Symbol.asyncDispose]: async () => lock?.[Symbol.asyncDispose]()};
		}
	}

	await lock?.[Symbol.asyncDispose]();
	throw new Problem(
		'no-address',
		'No address of 127.77.0.0/24 has the ports of an appliance free.',
		'Stop or remove other labs, then try again.',
	);
}

async function areFree(addresses: readonly string[], ports: readonly number[]): Promise<boolean> {
	const tried = await Promise.all(addresses.flatMap(address => ports.map(async port => isFree(address, port))));
	return tried.every(Boolean);
}

/** Whether a TCP port can be listened on now. */
export async function isFree(address: string, port: number): Promise<boolean> {
	const server = createServer().listen(port, address);
	try {
		await once(server, 'listening');
	} catch (error) {
		if (hasCode(error, 'EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL')) {
			return false;
		}

		throw error;
	}

	server.close();
	await once(server, 'close');
	return true;
}
