// Requests about one file: open, read, write, close and its attributes.
import {attributesOf, readWishes} from './attributes.js';
import {changeOpen, type Purpose} from './jail.js';
import {shown} from './observer.js';
import {type PacketReader, string} from './packet.js';
import {limits, openFlag, replyType, status} from './protocol.js';
import {Refusal, refusalFor} from './refusal.js';
import {done, handleReply, type Reply, type SftpSession} from './request.js';
import type {OpenFile} from './handles.js';

export async function openRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.name();
	const purpose = readPurpose(fields);
	const upload = purpose.write || purpose.create;
	session.handles.refuseWhenFull();
	try {
		const file = await session.jail.openFile(path, purpose);
		return handleReply(session.handles.add({kind: 'file', path, file, upload, bytes: 0, failed: false}));
	} catch (error) {
		await session.observe({event: upload ? 'sftp-upload' : 'sftp-download', path: shown(path), bytes: 0, result: refusalFor(error).message});
		throw error;
	}
}

/** The flags and attributes of an OPEN. That a client wants to append changes nothing: every write says where it goes. */
function readPurpose(fields: PacketReader): Purpose {
	const flags = fields.uint32();
	const {mode} = readWishes(fields);
	return {
		read: (flags & openFlag.read) !== 0,
		write: (flags & (openFlag.write | openFlag.append)) !== 0,
		create: (flags & openFlag.create) !== 0,
		exclusive: (flags & openFlag.exclusive) !== 0,
		truncate: (flags & openFlag.truncate) !== 0,
		...mode !== undefined && {mode},
	};
}

export async function readRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const opened = handles.file(fields.string());
	const offset = fields.uint64();
	const wanted = Math.min(fields.uint32(), limits.transfer);
	const {bytesRead, buffer} = await noting(opened, opened.file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset));
	if (bytesRead === 0 && wanted > 0) {
		throw new Refusal(status.endOfFile);
	}

	opened.bytes += bytesRead;
	return {type: replyType.data, fields: [string(buffer.subarray(0, bytesRead))]};
}

export async function writeRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const opened = handles.file(fields.string());
	let offset = fields.uint64();
	let rest = fields.string();
	while (rest.length > 0) {
		const {bytesWritten} = await noting(opened, opened.file.write(rest, 0, rest.length, offset));
		opened.bytes += bytesWritten;
		offset += bytesWritten;
		rest = rest.subarray(bytesWritten);
	}

	return done;
}

/** Remembers of a file that reading or writing it has failed. */
async function noting<T>(opened: OpenFile, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		opened.failed = true;
		throw error;
	}
}

export async function closeRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	await handles.close(fields.string());
	return done;
}

export async function fstatRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const {file} = handles.file(fields.string());
	return {type: replyType.attributes, fields: [attributesOf(await file.stat())]};
}

export async function fsetstatRequest(fields: PacketReader, {handles, jail}: SftpSession): Promise<Reply> {
	const {file, path} = handles.file(fields.string());
	jail.refuseUnlessChangeable(path);
	await changeOpen(file, readWishes(fields));
	return done;
}

export async function fsyncRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const opened = handles.file(fields.string());
	await noting(opened, opened.file.sync());
	return done;
}
