import {stat} from 'node:fs/promises';
import {createServer} from 'node:net';
import {hasCode, Problem} from '../problem.js';
import type {Layout} from './layout.js';

/**
 * Takes the lock under which this appliance's certificate may be changed, or rejects with Problem `locked`. It is an
 * abstract Unix socket (unix(7)): the kernel gives it up when its holder dies, so no stale lock can be left behind.
 */
export async function lockInstallation(layout: Layout): Promise<AsyncDisposable> {
	// The folder itself names the lock, for a path may lead to it over a link.
	const {dev, ino} = await stat(layout.root, {bigint: true});
	const server = createServer(socket => socket.destroy());
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(`\0tanos-installation-${dev}-${ino}`, resolve);
	try {
		await promise;
	} catch (error) {
		if (hasCode(error, 'EADDRINUSE')) {
			throw new Problem('locked', 'Another session is changing this appliance\'s certificate right now.', 'Wait until it has ended, then look at the installed certificate before you try again.', {cause: error});
		}

		throw error;
	}

	server.unref();
	return {
		async [Symbol.asyncDispose]() {
			await new Promise(resolve => {
				server.close(resolve);
			});
		},
	};
}
