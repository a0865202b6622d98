import type {Watch} from '../console/conversation.js';
import {drained} from '../console/drained.js';
import type {LineReader} from '../console/line-reader.js';
import type {Streams} from './streams.js';

/** Prints what `watch` passes on until Ctrl+C, until whoever gave the command is gone, or until nobody reads the output. */
export async function followUntilInterrupted(
	watch: Watch,
	lines: LineReader,
	{output, terminal, signal}: Streams,
	print: (...lines: readonly string[]) => void,
): Promise<void> {
	const stop = new AbortController();
	const over = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
	const end = () => stop.abort();
	void interrupted(lines, terminal).then(end);
	output.once('error', end).once('close', end);
	try {
		await watch(async added => {
			print(...added);
			await drained(output, over);
		}, over);
	} finally {
		output.off('error', end).off('close', end);
	}
}

/** Resolves on Ctrl+C; at a terminal also at the end of the input, which elsewhere says nothing: it may be /dev/null. */
async function interrupted(lines: LineReader, terminal: boolean): Promise<void> {
	for (;;) {
		const entered = await lines.next();
		if (entered === 'cancelled' || (entered === undefined && terminal)) {
			return;
		}

		if (entered === undefined) {
			await new Promise(() => {}); // Only the signal ends it.
		}
	}
}
