import {Problem} from '../problem.js';
import {readLocal} from './local-file.js';

const maxBytes = 1024 * 1024;

/**
 * The bytes of a local file of at most 1 MiB, of standard input for `-`, or of a pipe. Links are followed.
 * Rejects with Problem `cannot-read`, which carries the hint.
 */
export async function bytesOfFile(file: string, hint: string): Promise<Buffer> {
	const read = await readLocal(file, maxBytes);
	switch (read.state) {
		case 'read': {
			return read.bytes;
		}

		case 'not-file': {
			throw new Problem('cannot-read', `${file} is ${read.kind}, not a file.`, hint);
		}

		case 'too-big': {
			throw new Problem('cannot-read', `${file} has ${read.size} bytes or more; at most ${maxBytes} are read.`, hint);
		}

		default: {
			const reason = read.state === 'missing' ? 'there is no such file' : 'permission denied';
			throw new Problem('cannot-read', `${file} cannot be read: ${reason}.`, hint);
		}
	}
}
