// Requests about what stands at a path, and about folders.
import {attributesOf, readWishes} from './attributes.js';
import {shown, type SftpEvent} from './observer.js';
import type {PacketReader} from './packet.js';
import {partsOf} from './place.js';
import {replyType, status} from './protocol.js';
import {Refusal, refusalFor} from './refusal.js';
import {done, handleReply, nameReply, type Reply, type SftpSession} from './request.js';

/** Both kinds of stat. No link is followed: to STAT a link leads nowhere, and LSTAT shows the link. */
export function statRequest(kind: 'stat' | 'lstat') {
	return async (fields: PacketReader, {jail}: SftpSession): Promise<Reply> => {
		const stats = await jail.look(fields.name());
		if (kind === 'stat' && stats.isSymbolicLink()) {
			throw new Refusal(status.noSuchFile);
		}

		return {type: replyType.attributes, fields: [attributesOf(stats)]};
	};
}

export async function setstatRequest(fields: PacketReader, {jail}: SftpSession): Promise<Reply> {
	await jail.change(fields.name(), readWishes(fields));
	return done;
}

/** The absolute form of a path. Whether anything is there does not matter, as with OpenSSH. */
export async function realpathRequest(fields: PacketReader): Promise<Reply> {
	return nameReply([{name: `/${partsOf(fields.name()).join('/')}`}]);
}

export async function opendirRequest(fields: PacketReader, {jail, handles}: SftpSession): Promise<Reply> {
	handles.refuseWhenFull();
	return handleReply(handles.add({kind: 'folder', listing: await jail.list(fields.name())}));
}

export async function readdirRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const entries = await handles.folder(fields.string()).listing.next();
	if (entries.length === 0) {
		throw new Refusal(status.endOfFile);
	}

	return nameReply(entries);
}

export async function mkdirRequest(fields: PacketReader, {jail}: SftpSession): Promise<Reply> {
	const path = fields.name();
	await jail.makeFolder(path, readWishes(fields).mode);
	return done;
}

export async function rmdirRequest(fields: PacketReader, {jail}: SftpSession): Promise<Reply> {
	await jail.removeFolder(fields.name());
	return done;
}

export async function removeRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.name();
	return recorded(session, {event: 'sftp-remove', path: shown(path)}, session.jail.remove(path));
}

/** Both kinds of rename: version 3's own, and OpenSSH's that replaces. */
export function renameRequest(kind: 'rename' | 'replace') {
	return async (fields: PacketReader, session: SftpSession): Promise<Reply> => {
		const from = fields.name();
		const to = fields.name();
		return recorded(session, {event: 'sftp-rename', path: shown(from), to: shown(to)}, session.jail[kind](from, to));
	};
}

/** Does something, and records how it went before the client is told. */
async function recorded({observe}: SftpSession, event: Omit<SftpEvent, 'result'>, work: Promise<void>): Promise<Reply> {
	try {
		await work;
	} catch (error) {
		await observe({...event, result: refusalFor(error).message});
		throw error;
	}

	await observe({...event, result: 'completed'});
	return done;
}
