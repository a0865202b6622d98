// OpenSSH's extensions to version 3 (OpenSSH, PROTOCOL, section 4).
import {fsyncRequest} from './file-requests.js';
import {type PacketReader, uint64} from './packet.js';
import {renameRequest} from './path-requests.js';
import {type extensions, limits, replyType, status} from './protocol.js';
import {Refusal} from './refusal.js';
import type {Handler, Reply, SftpSession} from './request.js';

const handlers: Record<keyof typeof extensions, Handler> = {
	'posix-rename@openssh.com': renameRequest('replace'),
	'fsync@openssh.com': fsyncRequest,
	'limits@openssh.com': limitsRequest,
	'statvfs@openssh.com': statvfsRequest,
};

export async function extendedRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const name = fields.name();
	if (!Object.hasOwn(handlers, name)) {
		throw new Refusal(status.unsupported);
	}

	return handlers[name as keyof typeof extensions](fields, session);
}

async function limitsRequest(): Promise<Reply> {
	const values = [limits.packet, limits.transfer, limits.transfer, limits.handles];
	return {type: replyType.extended, fields: values.map(value => uint64(value))};
}

async function statvfsRequest(fields: PacketReader, {jail}: SftpSession): Promise<Reply> {
	const {bsize, blocks, bfree, bavail, files, ffree} = await jail.space(fields.name());
	const [noFileSystemId, noFlags, longestName] = [0, 0, 255];
	const values = [bsize, bsize, blocks, bfree, bavail, files, ffree, ffree, noFileSystemId, noFlags, longestName];
	return {type: replyType.extended, fields: values.map(value => uint64(value))};
}
