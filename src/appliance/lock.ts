import {createHash} from 'node:crypto';
import {createServer} from 'node:net';
import {hasCode, Problem} from '../problem.js';
import type {Layout} from './layout.js';

/**
 * Takes the lock under which this appliance's certificate may be changed, or rejects with Problem `locked`. It is an
 * abstract Unix socket (unix(7)): the kernel gives it up when its holder dies, so no stale lock can be left behind.
 */
export async function lockInstallation(layout: Layout): Promise<AsyncDisposable> {
	const name = createHash('sha256').update(layout.root).digest('hex').slice(0, 32);
	const server = createServer(socket => socket.destroy());
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(`\0tanos-installation-${name}`, resolve);
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
