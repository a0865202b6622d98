// Requests on links, which only the host's own file system has.
import {readAttributeChanges} from './attributes.js';
import type {PacketReader} from './packet.js';
import {hostOnlyOf, done, nameReply, type Reply, type SftpSession} from './request.js';

export async function readlinkRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	return nameReply([{name: await hostOnlyOf(session).readLink(fields.text())}], session);
}

/** The target comes first, as with OpenSSH; the draft has it second. */
export async function symlinkRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const target = fields.text();
	await hostOnlyOf(session).makeLink(target, fields.text());
	return done;
}

export async function hardlinkRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.text();
	await hostOnlyOf(session).hardLink(path, fields.text());
	return done;
}

export async function lsetstatRequest(fields: PacketReader, session: SftpSession): Promise<Reply> {
	const path = fields.text();
	await hostOnlyOf(session).changeLink(path, readAttributeChanges(fields));
	return done;
}
