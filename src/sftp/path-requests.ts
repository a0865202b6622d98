// Requests on paths and folders.
import {attributesOf, readAttributeChanges} from './attributes.js';
import {decodePath, type SftpEvent} from './observer.js';
import type {PacketReader} from './packet.js';
import {replyType, status} from './protocol.js';
import {StatusError, statusErrorFor} from './status-error.js';
import {done, handleReply, nameReply, type Reply, type SftpSession} from './request.js';

/** Both kinds of stat. */
export function statRequest(kind: 'target' | 'link') {
	return async (fields: PacketReader, {files}: SftpSession): Promise<Reply> => ({
		type: replyType.attributes,
		fields: [attributesOf(await files.stat(fields.text(), kind))],
	});
}

export async function setstatRequest(fields: PacketReader, {files}: SftpSession): Promise<Reply> {
	const path = fields.text();
	await files.change(path, readAttributeChanges(fields));
	return done;
}

export async function realpathRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	return nameReply([{name: await session.files.realPath(fields.text())}], session);
}

export async function opendirRequest(fields: PacketReader, {files, handles}: SftpSession): Promise<Reply> {
	handles.assertNotFull();
	return handleReply(handles.add({kind: 'folder', listing: await files.list(fields.text())}));
}

export async function readdirRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const entries = await session.handles.folder(fields.string()).listing.next();
	if (entries.length === 0) {
		throw new StatusError(status.endOfFile);
	}

	return nameReply(entries, session);
}

export async function mkdirRequest(fields: PacketReader, {files}: SftpSession): Promise<Reply> {
	const path = fields.text();
	await files.makeFolder(path, readAttributeChanges(fields).mode);
	return done;
}

export async function rmdirRequest(fields: PacketReader, {files}: SftpSession): Promise<Reply> {
	await files.removeFolder(fields.text());
	return done;
}

export async function removeRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.text();
	return recorded(session, {event: 'sftp-remove', path: decodePath(path)}, session.files.remove(path));
}

/** Both kinds of rename: version 3's own, and OpenSSH's that replaces. */
export function renameRequest(kind: 'rename' | 'replace') {
	return async (fields: PacketReader, session: SftpSession): Promise<Reply> => {
		const from = fields.text();
		const to = fields.text();
		return recorded(session, {event: 'sftp-rename', path: decodePath(from), to: decodePath(to)}, session.files[kind](from, to));
	};
}

/** Records the outcome before the client gets its answer. */
async function recorded({observe}: SftpSession, event: Omit<SftpEvent, 'result'>, work: Promise<void>): Promise<Reply> {
	try {
		await work;
	} catch (error) {
		await observe({...event, result: statusErrorFor(error).message});
		throw error;
	}

	await observe({...event, result: 'completed'});
	return done;
}
