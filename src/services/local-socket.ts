import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {hasCode} from '../problem.js';

/**
 * Connects to the first of these Unix domain sockets that this user may connect to; the kernel decides by their modes (unix(7)). Resolves
 * with undefined when there is none; `refused` says whether one of them exists.
 */
export async function connectToFirst(files: readonly string[]): Promise<{socket?: Socket; refused: boolean}> {
	let refused = false;
	for (const file of files) {
		const socket = connect(file);
		try {
			await once(socket, 'connect');
			return {socket, refused};
		} catch (error) {
			if (!hasCode(error, 'EACCES', 'ENOENT', 'ECONNREFUSED')) {
				throw error;
			}

			refused ||= hasCode(error, 'EACCES');
		}
	}

	return {refused};
}
