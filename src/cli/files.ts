import {realpath} from 'node:fs/promises';
import {readUpload} from '../appliance/uploads.js';
import {Problem, messageOf} from '../problem.js';

const maxBytes = 1024 * 1024;

/**
 * The bytes of a local file of at most 1 MiB. Links are followed; FIFOs and devices are refused.
 * Rejects with Problem `cannot-read`, which carries the hint.
 */
export async function bytesOfFile(file: string, hint: string): Promise<Buffer> {
	const read = await readUpload(await whole(file, hint), {maxBytes});
	switch (read.state) {
		case 'read': {
			return read.bytes;
		}

		case 'not-file': {
			throw new Problem('cannot-read', `${file} is ${read.kind}, not a file.`, hint);
		}

		case 'too-big': {
			throw new Problem('cannot-read', `${file} has ${read.size} bytes; at most ${maxBytes} are read.`, hint);
		}

		default: {
			const reason = read.state === 'missing' ? 'there is no such file' : 'permission denied';
			throw new Problem('cannot-read', `${file} cannot be read: ${reason}.`, hint);
		}
	}
}

async function whole(file: string, hint: string): Promise<string> {
	try {
		return await realpath(file);
	} catch (error) {
		throw new Problem('cannot-read', `${file} cannot be read. ${messageOf(error)}`, hint, {cause: error});
	}
}
