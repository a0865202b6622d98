// One SFTP session on any stream of bytes. Requests are carried out one after the other, as OpenSSH's sftp-server does:
// replies leave in the order of the requests (several clients hang otherwise), at most one request is held in memory, and
// while it is, nothing more is read from the stream.
import {on, once} from 'node:events';
import type {Duplex} from 'node:stream';
import {closeRequest, fsetstatRequest, fstatRequest, openRequest, readRequest, writeRequest} from './file-requests.js';
import {extendedRequest} from './extended-requests.js';
import {Handles} from './handles.js';
import type {Jail} from './jail.js';
import type {SftpObserver} from './observer.js';
import {packet, packetsOf, PacketReader, string, uint32} from './packet.js';
import {
	mkdirRequest, opendirRequest, readdirRequest, realpathRequest, removeRequest, renameRequest, rmdirRequest, setstatRequest, statRequest,
} from './path-requests.js';
import {extensions, replyType, requestType, status, version} from './protocol.js';
import {BrokenProtocol, Refusal, refusalFor} from './refusal.js';
import {type Handler, type SftpSession, statusReply} from './request.js';

export type SftpOptions = {
	/** Ends the session, when the stream itself may not tell that the client is gone. */
	signal?: AbortSignal;
	/** Resolves when the layer below the stream can take more, when the stream itself does not tell. */
	room?: () => Promise<void>;
};

const handlers: Record<number, Handler> = {
	[requestType.open]: openRequest,
	[requestType.close]: closeRequest,
	[requestType.read]: readRequest,
	[requestType.write]: writeRequest,
	[requestType.fstat]: fstatRequest,
	[requestType.fsetstat]: fsetstatRequest,
	[requestType.stat]: statRequest('stat'),
	[requestType.lstat]: statRequest('lstat'),
	[requestType.setstat]: setstatRequest,
	[requestType.realpath]: realpathRequest,
	[requestType.opendir]: opendirRequest,
	[requestType.readdir]: readdirRequest,
	[requestType.mkdir]: mkdirRequest,
	[requestType.rmdir]: rmdirRequest,
	[requestType.remove]: removeRequest,
	[requestType.rename]: renameRequest('rename'),
	[requestType.extended]: extendedRequest,
};

/**
 * Serves an SFTP client until it ends its side of the stream or is gone; what it left open is closed and recorded then.
 * Leaves the stream itself open. Rejects with BrokenProtocol when the client does not speak SFTP.
 */
export async function serveSftp(stream: Duplex, jail: Jail, observe: SftpObserver, options: SftpOptions = {}): Promise<void> {
	const gone = new AbortController();
	const leave = () => {
		gone.abort();
	};

	const signal = AbortSignal.any([gone.signal, ...options.signal ? [options.signal] : []]);
	stream.once('close', leave).on('error', leave);
	const session: SftpSession = {jail, observe, handles: new Handles(observe)};
	try {
		await converse(stream, session, signal, options.room);
	} catch (error) {
		if (!signal.aborted) {
			throw error;
		}
	} finally {
		await session.handles.closeAll();
	}
}

async function converse(stream: Duplex, session: SftpSession, signal: AbortSignal, room?: () => Promise<void>): Promise<void> {
	let greeted = false;
	for await (const bytes of packetsOf(chunksOf(stream, signal))) {
		signal.throwIfAborted();
		const reply = greeted ? await answer(bytes, session) : greet(bytes);
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

function greet(bytes: Buffer): Buffer {
	if (bytes[0] !== requestType.init) {
		throw new BrokenProtocol('The first packet is not a greeting');
	}

	return packet(replyType.version, uint32(version), ...Object.entries(extensions).flat().map(text => string(text)));
}

async function answer(bytes: Buffer, session: SftpSession): Promise<Buffer> {
	if (bytes.length < 5) {
		throw new BrokenProtocol('A request without an id');
	}

	const id = bytes.subarray(1, 5);
	try {
		const handler = handlers[bytes[0]!];
		if (!handler) {
			throw new Refusal(status.unsupported);
		}

		const {type, fields} = await handler(new PacketReader(bytes.subarray(5)), session);
		return packet(type, id, ...fields);
	} catch (error) {
		const refusal = refusalFor(error);
		const {type, fields} = statusReply(refusal.status, refusal.message);
		return packet(type, id, ...fields);
	}
}
