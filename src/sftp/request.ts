import {type Entry, attributesOf, longName, noAttributes} from './attributes.js';
import type {Handles} from './handles.js';
import type {HostOnlyOperations, Files} from './files.js';
import type {SftpObserver} from './observer.js';
import {string, uint32} from '../ssh-keys/wire.js';
import type {PacketReader} from './packet.js';
import {replyType, status, type Status} from './protocol.js';
import {StatusError, describeStatus} from './status-error.js';

/** The state of one session. */
export type SftpSession = {
	files: Files;
	handles: Handles;
	observe: SftpObserver;
	/** Whether the client may use this operation. */
	allows: (operation: Operation) => boolean;
	/** Whether every change is refused. */
	readOnly: boolean;
	/** Rejects with a StatusError while nothing may be changed. What was opened before may still be written. */
	assertChangeable: () => Promise<void>;
};

/** A request that the server supports. */
export type Operation = {
	name: string;
	handle: Handler;
	/** Whether it always changes something. OPEN only may, and checks that itself. */
	writes: boolean;
	/** Whether what it changes was opened before. */
	onOpenFile: boolean;
	/** Whether only the host's own file system has it. */
	hostOnly: boolean;
	/** An extension's name on the wire and its version. */
	extension?: readonly [name: string, version: string];
};

/** A reply without the id of its request: its parts, or a whole packet with zeros where the id goes. */
export type Reply = {type: number; fields: Buffer[]} | {packet: Buffer};

/** Handles one request. Rejects with a StatusError or a system error, which becomes a status. */
export type Handler = (fields: PacketReader, session: SftpSession) => Promise<Reply>;

export function statusReply(code: Status, message: string = describeStatus(code)) {
	return {type: replyType.status, fields: [uint32(code), string(message), string('en')]};
}

export const done: Reply = statusReply(status.ok);

/** Bytes before the data in a reply to READ: length, type, id and the length of the data. */
export const dataHeaderBytes = 13;

/** A reply to READ in the buffer that was read into, after its first `dataHeaderBytes`: nothing is copied. */
export function dataReply(buffer: Buffer): Reply {
	buffer.fill(0, 0, dataHeaderBytes);
	buffer.writeUInt32BE(buffer.length - 4, 0);
	buffer.writeUInt8(replyType.data, 4);
	buffer.writeUInt32BE(buffer.length - dataHeaderBytes, dataHeaderBytes - 4);
	return {packet: buffer};
}

export function handleReply(handle: Buffer): Reply {
	return {type: replyType.handle, fields: [string(handle)]};
}

/** The operations of the host's own file system. Throws a StatusError in a session without them. */
export function hostOnlyOf({files}: SftpSession): HostOnlyOperations {
	if (!files.hostOnly) {
		throw new StatusError(status.unsupported);
	}

	return files.hostOnly;
}

export function nameReply(entries: Entry[], {files}: SftpSession): Reply {
	const fields = entries.flatMap(entry => [
		string(entry.name),
		string(longName(entry, files.ownersOf)),
		entry.stats ? attributesOf(entry.stats) : noAttributes,
	]);
	return {type: replyType.name, fields: [uint32(entries.length), ...fields]};
}
