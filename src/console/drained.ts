import {once} from 'node:events';
import type {Writable} from 'node:stream';

/** Resolves when a stream takes more, at the signal, or when the stream is closed. */
export async function drained(stream: Writable, signal?: AbortSignal): Promise<void> {
	if (stream.writableNeedDrain && !stream.destroyed) {
		const over = new AbortController();
		const options = {signal: AbortSignal.any([...(signal ? [signal] : []), over.signal])};
		await Promise.race([once(stream, 'drain', options), once(stream, 'close', options)]).catch(() => undefined);
		over.abort();
	}
}
