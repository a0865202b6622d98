// Locks that die with their holder: abstract Unix sockets (unix(7)), which the kernel takes away from a process that ends,
// however it ends. So no stale lock can be left behind.
import {once} from 'node:events';
import {stat} from 'node:fs/promises';
import {connect, createServer, type Socket} from 'node:net';
import path from 'node:path';
import {hasCode, Problem} from '../problem.js';
import type {Layout} from './layout.js';

/** Takes the lock under which this appliance's certificate may be changed, or rejects with Problem `locked`. */
export async function lockInstallation(layout: Layout): Promise<AsyncDisposable> {
	const lock = await lockIfFree('installation', layout.root);
	if (!lock) {
		throw new Problem(
			'locked',
			"Another session is changing this appliance's certificate right now.",
			'Wait until it has ended, then look at the installed certificate before you try again.',
		);
	}

	return lock;
}

/** Takes the lock of one file, under which it may be read and written again; waits for whoever has it. Its folder must exist. */
export async function lockFile(file: string): Promise<AsyncDisposable> {
	return takeWaiting(await nameFor(path.basename(file), path.dirname(file)));
}

/** Takes a lock of this name that belongs to a folder; resolves with undefined when somebody has it. */
export async function lockIfFree(name: string, folder: string): Promise<AsyncDisposable | undefined> {
	return take(await nameFor(name, folder));
}

async function takeWaiting(name: string): Promise<AsyncDisposable> {
	for (;;) {
		const lock = await take(name);
		if (lock) {
			return lock;
		}

		await untilGivenUp(name);
	}
}

/** Takes the lock under which ports are chosen and first listened on, for all sandboxes of this machine; waits for whoever has it. */
export async function lockPorts(): Promise<AsyncDisposable> {
	return takeWaiting('\0tanos-ports');
}

/** The folder itself is in the name, for a path may lead to it over a link. */
async function nameFor(what: string, folder: string): Promise<string> {
	const {dev, ino} = await stat(folder, {bigint: true});
	return `\0tanos-${what}-${dev}-${ino}`;
}

/** Takes a lock; resolves with undefined when somebody has it. Whoever connects to it hears when it is given up. */
async function take(name: string): Promise<AsyncDisposable | undefined> {
	const waiting = new Set<Socket>();
	const server = createServer(socket => {
		waiting.add(
			socket
				.unref()
				.on('error', () => {})
				.once('close', () => waiting.delete(socket)),
		);
	});
	try {
		await once(server.listen(name), 'listening');
	} catch (error) {
		if (hasCode(error, 'EADDRINUSE')) {
			return undefined;
		}

		throw error;
	}

	server.unref();
	return {
		async [Symbol.asyncDispose]() {
			const closed = once(server, 'close');
			server.close();
			for (const socket of waiting) {
				socket.destroy();
			}

			await closed;
		},
	};
}

/** Resolves when the holder of this lock gave it up or is gone. */
async function untilGivenUp(name: string): Promise<void> {
	const socket = connect(name).on('error', () => {});
	await new Promise(resolve => {
		socket.resume().once('close', resolve);
	});
}
