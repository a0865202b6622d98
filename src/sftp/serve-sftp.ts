// One SFTP session on any stream of bytes. Requests are carried out one after the other, as OpenSSH's sftp-server does:
// replies leave in the order of the requests (several clients hang otherwise), at most one request is held in memory, and
// while it is, nothing more is read from the stream.
import {on, once} from 'node:events';
import type {Duplex} from 'node:stream';
import {answer, type Answered, greet} from './answer.js';
import type {Files} from './files.js';
import {Handles} from './handles.js';
import type {SftpObserver} from './observer.js';
import {packetsOf} from './packet.js';
import type {Operation, SftpSession} from './request.js';

export type SftpOptions = {
	/** Ends the session, when the stream itself may not tell that the client is gone. */
	signal?: AbortSignal;
	/** Resolves when the layer below the stream can take more, when the stream itself does not tell. */
	room?: () => Promise<void>;
	/** Which requests the client may make; all that are known, without this. */
	allows?: (operation: Operation) => boolean;
	/** Refuses whatever would change something. */
	readOnly?: boolean;
	/** Is told how each request was answered. */
	answered?: Answered;
};

/**
 * Serves an SFTP client until it ends its side of the stream or is gone; what it left open is closed and recorded then.
 * Leaves the stream itself open. Rejects with BrokenProtocol when the client does not speak SFTP.
 */
export async function serveSftp(stream: Duplex, files: Files, observe: SftpObserver, options: SftpOptions = {}): Promise<void> {
	const gone = new AbortController();
	const leave = () => {
		gone.abort();
	};

	const signal = AbortSignal.any([gone.signal, ...options.signal ? [options.signal] : []]);
	stream.once('close', leave).on('error', leave);
	const {allows = () => true, readOnly = false} = options;
	const session: SftpSession = {files, observe, handles: new Handles(observe), readOnly, allows: operation => allows(operation) && !(readOnly && operation.writes)};
	try {
		await converse(stream, session, signal, options);
	} catch (error) {
		if (!signal.aborted) {
			throw error;
		}
	} finally {
		await session.handles.closeAll();
	}
}

async function converse(stream: Duplex, session: SftpSession, signal: AbortSignal, {room, answered}: SftpOptions): Promise<void> {
	let greeted = false;
	for await (const bytes of packetsOf(chunksOf(stream, signal))) {
		signal.throwIfAborted();
		const reply = greeted ? await answer(bytes, session, answered) : greet(bytes, session);
		greeted = true;
		signal.throwIfAborted();
		if (!stream.write(reply)) {
			await once(stream, 'drain', {signal});
		}

		await room?.();
	}
}

/** What arrives on a stream, until its end. The stream is paused while more than a few chunks wait. */
async function * chunksOf(stream: Duplex, signal: AbortSignal): AsyncGenerator<Buffer> {
	for await (const [chunk] of on(stream, 'data', {close: ['end'], highWaterMark: 4, lowWaterMark: 1, signal})) {
		yield chunk as Buffer;
	}
}

