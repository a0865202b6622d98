// An SSH server whose SFTP server keeps one file in memory, and answers some requests as no honest server would.
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Duplex} from 'node:stream';
import type {ExecutionContext} from 'ava';
import type {Server} from 'ssh2';
import type {Host} from '../../src/ssh-client/host.js';
import {packet, packetsOf, PacketReader} from '../../src/sftp/packet.js';
import {replyType, requestType, status, version} from '../../src/sftp/protocol.js';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {string, uint32, uint64} from '../../src/ssh-keys/wire.js';
import {makeSshKey} from '../helpers/ssh-key.js';
import {hostOf} from './sshd.js';

/** The bytes to send instead of an honest reply; none for silence, `honest` for that reply. */
export type Answer = (type: number, id: Buffer) => Buffer | undefined | 'honest';

export const statusReply = (id: Buffer, code: number, words = '') => packet(replyType.status, id, uint32(code), string(words), string(''));

/** What an honest reply of each type looks like. */
export const replies: Record<string, (id: Buffer) => Buffer> = {
	status: id => statusReply(id, status.ok),
	handle: id => packet(replyType.handle, id, string('handle')),
	data: id => packet(replyType.data, id, string('data')),
	name: id => packet(replyType.name, id, uint32(0)),
	attributes: id => attributes(id, 0),
	extended: id => packet(replyType.extended, id, string('')),
	version: () => packet(replyType.version, uint32(version)),
	unknown: id => packet(250, id),
	empty: () => uint32(0),
	huge: () => uint32(0xffff_ffff),
};

const attributes = (id: Buffer, size: number) => packet(replyType.attributes, id, uint32(5), uint64(size), uint32(0o100_600));

/** Starts it, for a client with any credentials. Resolves with it as a host that the client has not met. */
export async function hostileServer(t: ExecutionContext, answer: Answer, banner = ''): Promise<Host> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-hostile-'));
	await makeSshKey(path.join(folder, 'id'));
	const server = new ssh2.Server({hostKeys: [await readFile(path.join(folder, 'id'))], banner}, client => {
		client.on('error', () => undefined).on('authentication', request => request.accept());
		client.on('session', accept => {
			accept().on('subsystem', accept => void serve(accept(), answer).catch(() => undefined));
		});
	});
	return listening(t, server, folder);
}

/** Has a server listen until the test ends, and removes its folder then. Resolves with it as a host that the client has not met. */
export async function listening(t: ExecutionContext, server: Server, folder: string): Promise<Host> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(async () => {
		server.close();
		await rm(folder, {recursive: true, force: true});
	});
	return hostOf({port: (server.address() as AddressInfo).port, folder}, {identityFiles: []});
}

async function serve(channel: Duplex, answer: Answer): Promise<void> {
	const file = {content: Buffer.alloc(0)};
	for await (const bytes of packetsOf(channel)) {
		const [type, id] = [bytes[0]!, bytes.subarray(1, 5)];
		const reply = answer(type, id);
		if (reply !== undefined) {
			channel.write(reply === 'honest' ? honest(type, id, new PacketReader(bytes.subarray(5)), file) : reply);
		}
	}
}

function honest(type: number, id: Buffer, fields: PacketReader, file: {content: Buffer}): Buffer {
	switch (type) {
		case requestType.init:
			return packet(replyType.version, uint32(version));
		case requestType.open:
			return replies['handle']!(id);
		case requestType.fstat:
			return attributes(id, file.content.length);
		case requestType.lstat:
			return statusReply(id, status.noSuchFile);
		case requestType.write: {
			const [, offset, bytes] = [fields.string(), fields.uint64(), fields.string()];
			file.content = Buffer.concat([file.content.subarray(0, offset), bytes]);
			return statusReply(id, status.ok);
		}

		case requestType.read: {
			const [, offset, length] = [fields.string(), fields.uint64(), fields.uint32()];
			return packet(replyType.data, id, string(file.content.subarray(offset, offset + length)));
		}

		default:
			return statusReply(id, status.ok);
	}
}
