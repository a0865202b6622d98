// Packets: their fields, and how they lie in a stream of bytes.
import {uint32, WireReader} from '../ssh-keys/wire.js';
import {limits, status} from './protocol.js';
import {ProtocolError, StatusError} from './status-error.js';

/** Reads the fields of one packet. A field that is cut off becomes the status "Bad message". */
export class PacketReader extends WireReader {
	/** A size or an offset. Throws a StatusError for one that no file can have. */
	uint64(): number {
		const value = this.take(8).readBigUInt64BE();
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
			throw new StatusError(status.failure, 'No file is that long');
		}

		return Number(value);
	}
}

/** One packet, with its length before it. */
export function packet(type: number, ...fields: Buffer[]): Buffer {
	const length = fields.reduce((sum, field) => sum + field.length, 1);
	return Buffer.concat([uint32(length), Buffer.from([type]), ...fields]);
}

/** Longer packets share one buffer, which the next of them overwrites. */
const sharedBufferBytes = 16 * 1024;

/**
 * Splits a stream of bytes into packets, without their lengths. Each is valid until the next one is requested. Throws a
 * ProtocolError at a length that no packet may have.
 */
export async function* packetsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const source = chunks[Symbol.asyncIterator]();
	try {
		yield* cut(async () => (await source.next()).value as Buffer | undefined);
	} finally {
		await source.return?.();
	}
}

async function* cut(more: () => Promise<Buffer | undefined>): AsyncGenerator<Buffer> {
	let shared: Buffer | undefined;
	let rest: Buffer = Buffer.alloc(0);
	for (;;) {
		while (rest.length < 4) {
			const chunk = await more();
			if (!chunk) {
				return;
			}

			rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		}

		const end = 4 + lengthOf(rest);
		if (rest.length >= end) {
			yield rest.subarray(4, end);
			rest = rest.subarray(end);
			continue;
		}

		const packet = end > sharedBufferBytes ? (shared ??= Buffer.allocUnsafe(4 + limits.packet)) : Buffer.allocUnsafe(end);
		let filled = rest.copy(packet);
		while (filled < end) {
			const chunk = await more();
			if (!chunk) {
				return;
			}

			const taken = chunk.copy(packet, filled, 0, end - filled);
			filled += taken;
			rest = chunk.subarray(taken);
		}

		yield packet.subarray(4, end);
	}
}

function lengthOf(bytes: Buffer): number {
	const length = bytes.readUInt32BE();
	if (length === 0 || length > limits.packet) {
		throw new ProtocolError(`A packet of ${length} bytes`);
	}

	return length;
}
