// Packets: their fields, and how they lie in a stream of bytes.
import {ProtocolError, StatusError} from './status-error.js';
import {limits, status} from './protocol.js';

/** Reads the fields of one packet in order. A field that is not all there is refused as a bad message. */
export class PacketReader {
	#at = 0;

	constructor(private readonly bytes: Buffer) {}

	uint8(): number {
		return this.#take(1).readUInt8();
	}

	uint32(): number {
		return this.#take(4).readUInt32BE();
	}

	/** A size or an offset. One that no file can have is refused. */
	uint64(): number {
		const value = this.#take(8).readBigUInt64BE();
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
			throw new StatusError(status.failure, 'No file is that long');
		}

		return Number(value);
	}

	string(): Buffer {
		return this.#take(this.uint32());
	}

	/** A name or path. Each byte becomes one character, so that names in any encoding, or in none, survive the round trip. */
	name(): string {
		return this.string().toString('latin1');
	}

	#take(length: number): Buffer {
		const field = this.bytes.subarray(this.#at, this.#at + length);
		if (field.length < length) {
			throw new StatusError(status.badMessage);
		}

		this.#at += length;
		return field;
	}
}

export function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

export function uint64(value: number): Buffer {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(value));
	return bytes;
}

/** A length and that many bytes; text is written as latin1, as PacketReader.name() reads it. */
export function string(value: string | Buffer): Buffer {
	const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
	return Buffer.concat([uint32(bytes.length), bytes]);
}

/** One whole packet with its length ahead. */
export function packet(type: number, ...fields: Buffer[]): Buffer {
	const length = fields.reduce((sum, field) => sum + field.length, 1);
	return Buffer.concat([uint32(length), Buffer.from([type]), ...fields]);
}

/** Packets longer than this are put together in a buffer that the next one of them takes over. */
const long = 16 * 1024;

/**
 * Cuts a stream of bytes into packets, without their lengths. Each is good until the next one is asked for. Throws
 * BrokenProtocol at a length that no packet may have.
 */
export async function * packetsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const source = chunks[Symbol.asyncIterator]();
	try {
		yield * cut(async () => (await source.next()).value as Buffer | undefined);
	} finally {
		await source.return?.();
	}
}

async function * cut(more: () => Promise<Buffer | undefined>): AsyncGenerator<Buffer> {
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

		const packet = end > long ? (shared ??= Buffer.allocUnsafe(4 + limits.packet)) : Buffer.allocUnsafe(end);
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
