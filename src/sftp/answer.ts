// From the bytes of a packet to the bytes of its reply.
import {string, uint32} from '../ssh-keys/wire.js';
import {packet, PacketReader} from './packet.js';
import {replyType, requestType, status, version} from './protocol.js';
import {ProtocolError, StatusError, statusErrorFor, describeStatus} from './status-error.js';
import {type Reply, type SftpSession, statusReply} from './request.js';
import {announced, extendedOperation, numberedOperation} from './operations.js';

/** Called with the outcome of each request. */
export type Answered = (request: string, outcome: string) => void;

/** The reply to INIT: the version and the extensions. Throws a ProtocolError for any other packet. */
export function answerInit(bytes: Buffer, session: SftpSession): Buffer {
	if (bytes[0] !== requestType.init) {
		throw new ProtocolError('The first packet is not INIT');
	}

	return packet(
		replyType.version,
		uint32(version),
		...announced(session)
			.flat()
			.map(text => string(text)),
	);
}

/** The reply to a request. Rejects with a ProtocolError for a packet without a request id. */
export async function answer(bytes: Buffer, session: SftpSession, answered?: Answered): Promise<Buffer> {
	if (bytes.length < 5) {
		throw new ProtocolError('The request has no id');
	}

	const id = bytes.subarray(1, 5);
	const requested = {name: `request ${bytes[0]!}`};
	try {
		const reply = await carryOut(bytes, session, requested);
		answered?.(requested.name, describeStatus(status.ok));
		return withId(reply, id);
	} catch (error) {
		const statusError = statusErrorFor(error);
		answered?.(requested.name, statusError.message);
		const {type, fields} = statusReply(statusError.status, statusError.message);
		return packet(type, id, ...fields);
	}
}

function withId(reply: Reply, id: Buffer): Buffer {
	if ('packet' in reply) {
		id.copy(reply.packet, 5);
		return reply.packet;
	}

	return packet(reply.type, id, ...reply.fields);
}

async function carryOut(bytes: Buffer, session: SftpSession, requested: {name: string}): Promise<Reply> {
	const fields = new PacketReader(bytes.subarray(5));
	const type = bytes[0]!;
	const operation = type === requestType.extended ? extendedOperation(fields.text(), session) : numberedOperation(type, session);
	if (!operation) {
		throw new StatusError(status.unsupported);
	}

	requested.name = operation.name;
	if (!session.allows(operation)) {
		throw new StatusError(status.permissionDenied);
	}

	if (operation.writes && !operation.onOpenFile) {
		await session.assertChangeable();
	}

	return operation.handle(fields, session);
}
