import {realpath} from 'node:fs/promises';
import {readUpload} from '../appliance/uploads.js';
import {Problem, messageOf} from '../problem.js';

const largest = 1024 * 1024;

/**
 * The bytes of a file that somebody named, of at most 1 MiB; links are followed, and FIFOs and devices are not waited for.
 * Rejects with Problem `cannot-read`, which ends with this hint.
 */
export async function bytesOfFile(file: string, hint: string): Promise<Buffer> {
	const read = await readUpload(await whole(file, hint), largest);
	switch (read.state) {
		case 'read': {
			return read.bytes;
		}

		case 'not-file': {
			throw new Problem('cannot-read', `${file} is ${read.kind}, not a file.`, hint);
		}

		case 'too-big': {
			throw new Problem('cannot-read', `${file} has ${read.size} bytes; at most ${largest} are read.`, hint);
		}

		default: {
			throw new Problem('cannot-read', `${file} cannot be read: ${read.state === 'missing' ? 'there is no such file' : 'permission denied'}.`, hint);
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
