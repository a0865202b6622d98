import {type Entry, attributesOf, longName, noAttributes} from './attributes.js';
import type {Handles} from './handles.js';
import type {Jail} from './jail.js';
import type {SftpObserver} from './observer.js';
import {type PacketReader, string, uint32} from './packet.js';
import {replyType, status, type Status} from './protocol.js';
import {statusInWords} from './refusal.js';

/** What the requests of one session work on. */
export type SftpSession = {
	jail: Jail;
	handles: Handles;
	observe: SftpObserver;
};

/** A reply without the id of its request. */
export type Reply = {type: number; fields: Buffer[]};

/** Carries one request out. Rejects with a Refusal or a system error, which become a status. */
export type Handler = (fields: PacketReader, session: SftpSession) => Promise<Reply>;

export function statusReply(code: Status, message: string = statusInWords(code)): Reply {
	return {type: replyType.status, fields: [uint32(code), string(message), string('en')]};
}

export const done: Reply = statusReply(status.ok);

export function handleReply(handle: Buffer): Reply {
	return {type: replyType.handle, fields: [string(handle)]};
}

export function nameReply(entries: Entry[]): Reply {
	const fields = entries.flatMap(entry => [
		string(entry.name),
		string(longName(entry)),
		entry.stats ? attributesOf(entry.stats) : noAttributes,
	]);
	return {type: replyType.name, fields: [uint32(entries.length), ...fields]};
}
