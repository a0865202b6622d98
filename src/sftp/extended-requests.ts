// OpenSSH's extensions to version 3 (OpenSSH, PROTOCOL, section 4).
import type {Space} from './files.js';
import {string, uint64} from '../ssh-keys/wire.js';
import type {PacketReader} from './packet.js';
import {limits, replyType, status} from './protocol.js';
import {StatusError} from './status-error.js';
import {hostOnlyOf, done, nameReply, type Reply, type SftpSession} from './request.js';

export async function limitsRequest(): Promise<Reply> {
	const values = [limits.packet, limits.transfer, limits.transfer, limits.handles];
	return {type: replyType.extended, fields: values.map(value => uint64(value))};
}

export async function statvfsRequest(fields: PacketReader, {files}: SftpSession): Promise<Reply> {
	return spaceReply(await files.space(fields.text()));
}

export async function fstatvfsRequest(fields: PacketReader, {files, handles}: SftpSession): Promise<Reply> {
	return spaceReply(await files.space(handles.file(fields.string()).path));
}

function spaceReply({bsize, blocks, bfree, bavail, files, ffree}: Space): Reply {
	const [noFileSystemId, noFlags, maxNameLength] = [0, 0, 255];
	const values = [bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, noFileSystemId, noFlags, maxNameLength];
	return {type: replyType.extended, fields: values.map(value => uint64(value))};
}

export async function expandPathRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	return nameReply([{name: await hostOnlyOf(session).expand(fields.text())}], session);
}

export async function homeRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	return nameReply([{name: hostOnlyOf(session).home(fields.text())}], session);
}

/** The names of users and groups, in the order of the requested ids. */
export async function namesOfIdsRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const {userName, groupName} = hostOnlyOf(session);
	const [users, groups] = [idsIn(fields.string()), idsIn(fields.string())];
	const named = (ids: number[], nameOf: (id: number) => string) => string(Buffer.concat(ids.map(id => string(nameOf(id)))));
	return {type: replyType.extended, fields: [named(users, userName), named(groups, groupName)]};
}

function idsIn(bytes: Buffer): number[] {
	return Array.from({length: Math.floor(bytes.length / 4)}, (_, index) => bytes.readUInt32BE(4 * index));
}

/** Copies a range of one open file into another; a length of 0 means up to the end. */
export async function copyDataRequest(fields: PacketReader, {handles}: SftpSession): Promise<Reply> {
	const [source, from, length] = [handles.file(fields.string()), fields.uint64(), fields.uint64()];
	const [target, to] = [handles.file(fields.string()), fields.uint64()];
	if (source === target || source.path === target.path) {
		throw new StatusError(status.failure, 'A file cannot be copied into itself');
	}

	const end = length === 0 ? Number.POSITIVE_INFINITY : from + length;
	const buffer = Buffer.allocUnsafe(limits.transfer);
	for (let at = from; at < end;) {
		const count = await source.opened.read(buffer.subarray(0, end - at), at);
		if (count === 0) {
			break;
		}

		await target.opened.write(buffer.subarray(0, count), to + at - from);
		target.bytes += count;
		at += count;
	}

	return done;
}
