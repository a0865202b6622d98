import {open} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {sanitise} from '../sanitise.js';

/** What is read of a log at most, from its end. */
const maxTailBytes = 512 * 1024;

export type TailOptions = {
	/** Only lines that hold it, in upper or lower case. */
	text?: string;
	/** Only what was logged since the log had this many bytes. */
	from?: number;
};

/** The last lines of a log, fit for display; none when there is no log. */
export async function lastLines(file: string, count: number, {text = '', from = 0}: TailOptions = {}): Promise<string[]> {
	const bytes = (await ifPresent(async () => readEnd(file, from))) ?? Buffer.alloc(0);
	return fitLines(bytes, text).slice(-count);
}

/** The lines in these bytes that hold the text, in upper or lower case, fit for display. */
export function fitLines(bytes: Buffer, text: string): string[] {
	const wanted = text.toLowerCase();
	return bytes
		.toString('utf8')
		.split('\n')
		.filter(line => line !== '' && line.toLowerCase().includes(wanted))
		.map(line => sanitise(line));
}

async function readEnd(file: string, from: number): Promise<Buffer> {
	const handle = await open(file, 'r');
	try {
		const {size} = await handle.stat();
		const first = size < from ? 0 : from; // It has been rotated since then.
		const start = Math.max(first, size - maxTailBytes);
		const {buffer, bytesRead} = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
		const read = buffer.subarray(0, bytesRead);
		return start === first ? read : read.subarray(read.indexOf('\n') + 1); // The first line may have lost its start.
	} finally {
		await handle.close();
	}
}
