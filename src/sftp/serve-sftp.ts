// One SFTP session on a stream of bytes. Requests are handled one after the other, as in OpenSSH's sftp-server: replies leave
// in the order of the requests (several clients hang otherwise), and one request at a time is held in memory.
import {on, once} from 'node:events';
import type {Duplex} from 'node:stream';
import {answer, answerInit, type Answered} from './answer.js';
import type {Files} from './files.js';
import {Handles} from './handles.js';
import type {SftpObserver} from './observer.js';
import {packetsOf} from './packet.js';
import type {Operation, SftpSession} from './request.js';

export type SftpOptions = {
	/** Ends the session; for streams that do not report that the client has disconnected. */
	signal?: AbortSignal;
	/** Resolves when the layer below the stream can take more; for streams without back-pressure of their own. */
	drained?: () => Promise<void>;
	/** Which operations the client may use; all when absent. */
	allows?: (operation: Operation) => boolean;
	/** Refuses every change. */
	readOnly?: boolean;
	/** Rejects with a StatusError while nothing may be changed; checked before each change. */
	assertChangeable?: () => Promise<void>;
	/** Called with the outcome of each request. */
	answered?: Answered;
};

/**
 * Serves an SFTP client until it ends its side of the stream or disconnects; then closes and records what it left open. Leaves
 * the stream itself open. Rejects with a ProtocolError when the client does not speak SFTP.
 */
export async function serveSftp(stream: Duplex, files: Files, observe: SftpObserver, options: SftpOptions = {}): Promise<void> {
	const closed = new AbortController();
	const end = () => {
		closed.abort();
	};

	const signal = AbortSignal.any([closed.signal, ...(options.signal ? [options.signal] : [])]);
	stream.once('close', end).on('error', end);
	const {allows = () => true, readOnly = false, assertChangeable = async () => undefined} = options;
	const session: SftpSession = {
		files,
		observe,
		handles: new Handles(observe),
		readOnly,
		assertChangeable,
		allows: operation => allows(operation) && !(readOnly && operation.writes),
	};
	try {
		await answerRequests(stream, session, signal, options);
	} catch (error) {
		if (!signal.aborted) {
			throw error;
		}
	} finally {
		await session.handles.closeAll();
	}
}

async function answerRequests(stream: Duplex, session: SftpSession, signal: AbortSignal, {drained, answered}: SftpOptions): Promise<void> {
	let initialized = false;
	for await (const bytes of packetsOf(chunksOf(stream, signal))) {
		signal.throwIfAborted();
		const reply = initialized ? await answer(bytes, session, answered) : answerInit(bytes, session);
		initialized = true;
		signal.throwIfAborted();
		if (!stream.write(reply)) {
			await once(stream, 'drain', {signal});
		}

		await drained?.();
	}
}

/** The data of a stream until its end. The stream is paused while more than a few chunks wait. */
async function* chunksOf(stream: Duplex, signal: AbortSignal): AsyncGenerator<Buffer> {
	for await (const [chunk] of on(stream, 'data', {close: ['end'], highWaterMark: 4, lowWaterMark: 1, signal})) {
		yield chunk as Buffer;
	}
}
