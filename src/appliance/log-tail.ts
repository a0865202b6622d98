import {open} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {sanitise} from '../sanitise.js';

/** What is read of a log at most, from its end. */
const maxTailBytes = 512 * 1024;

/** The last lines of a log, fit for display; none when there is no log. With `text`, only lines that hold it, in upper or lower case. */
export async function lastLines(file: string, count: number, text = ''): Promise<string[]> {
	const bytes = (await ifPresent(async () => readEnd(file))) ?? Buffer.alloc(0);
	const wanted = text.toLowerCase();
	return bytes
		.toString('utf8')
		.split('\n')
		.filter(line => line !== '' && line.toLowerCase().includes(wanted))
		.slice(-count)
		.map(line => sanitise(line));
}

async function readEnd(file: string): Promise<Buffer> {
	const handle = await open(file, 'r');
	try {
		const {size} = await handle.stat();
		const start = Math.max(0, size - maxTailBytes);
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
		const read = buffer.subarray(0, bytesRead);
		return start === 0 ? read : read.subarray(read.indexOf('\n') + 1); // The first line may have lost its start.
	} finally {
		await handle.close();
	}
}
