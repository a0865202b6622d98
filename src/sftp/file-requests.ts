// Requests on one file: open, read, write, close and its attributes.
import {attributesOf, readAttributeChanges} from './attributes.js';
import type {OpenMode} from './files.js';
import {decodePath} from './observer.js';
import type {PacketReader} from './packet.js';
import {limits, openFlag, replyType, status} from './protocol.js';
import {StatusError, statusErrorFor} from './status-error.js';
import {dataHeaderBytes, dataReply, done, handleReply, type Reply, type SftpSession} from './request.js';
import type {OpenFile} from './handles.js';

export async function openRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.text();
	const openMode = readOpenMode(fields);
	const upload = openMode.write || openMode.create;
	session.handles.assertNotFull();
	try {
		await assertMayChange(openMode, session);
		const opened = await session.files.openFile(path, openMode);
		return handleReply(session.handles.add({kind: 'file', path, opened, upload, bytes: 0, failed: false}));
	} catch (error) {
		await session.observe({
			event: upload ? 'sftp-upload' : 'sftp-download',
			path: decodePath(path),
			bytes: 0,
			result: statusErrorFor(error).message,
		});
		throw error;
	}
}

async function assertMayChange({write, create, truncate}: OpenMode, {readOnly, assertChangeable}: SftpSession): Promise<void> {
	if (!write && !create && !truncate) {
		return;
	}

	if (readOnly) {
		throw new StatusError(status.permissionDenied);
	}

	await assertChangeable();
}

function readOpenMode(fields: PacketReader): OpenMode {
	const flags = fields.uint32();
	const {mode} = readAttributeChanges(fields);
	return {
		read: (flags & openFlag.read) !== 0,
		write: (flags & (openFlag.write | openFlag.append)) !== 0,
		append: (flags & openFlag.append) !== 0,
		create: (flags & openFlag.create) !== 0,
		exclusive: (flags & openFlag.exclusive) !== 0,
		truncate: (flags & openFlag.truncate) !== 0,
		...(mode !== undefined && {mode}),
	};
}

export async function readRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const file = handles.file(fields.string());
	const offset = fields.uint64();
	const wanted = Math.min(fields.uint32(), limits.transfer);
	const buffer = Buffer.allocUnsafe(dataHeaderBytes + wanted);
	const length = await recordingFailure(file, file.opened.read(buffer.subarray(dataHeaderBytes), offset));
	if (length === 0 && wanted > 0) {
		throw new StatusError(status.endOfFile);
	}

	file.bytes += length;
	return dataReply(buffer.subarray(0, dataHeaderBytes + length));
}

export async function writeRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const file = handles.file(fields.string());
	const offset = fields.uint64();
	const bytes = fields.string();
	await recordingFailure(file, file.opened.write(bytes, offset));
	file.bytes += bytes.length;
	return done;
}

/** Marks the file when reading or writing it fails, so that its audit event says so. */
async function recordingFailure<T>(file: OpenFile, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		file.failed = true;
		throw error;
	}
}

export async function closeRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	await handles.close(fields.string());
	return done;
}

export async function fstatRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	return {type: replyType.attributes, fields: [attributesOf(await handles.file(fields.string()).opened.stat())]};
}

export async function fsetstatRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const {opened} = handles.file(fields.string());
	await opened.change(readAttributeChanges(fields));
	return done;
}

export async function fsyncRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const file = handles.file(fields.string());
	await recordingFailure(file, file.opened.sync());
	return done;
}
