// Packets: their fields, and how they lie in a stream of bytes.
import {BrokenProtocol, Refusal} from './refusal.js';
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
			throw new Refusal(status.failure, 'No file is that long');
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
			throw new Refusal(status.badMessage);
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

/** Cuts a stream of bytes into packets, without their lengths. Throws BrokenProtocol at a length that no packet may have. */
export async function * packetsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let held: Buffer[] = [];
	let size = 0;
	let wanted = 4;
	for await (const chunk of chunks) {
		held.push(chunk);
		size += chunk.length;
		while (size >= wanted) {
			const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
			held = [bytes];
			wanted = 4 + lengthOf(bytes);
			if (size >= wanted) {
				yield bytes.subarray(4, wanted);
				held = [bytes.subarray(wanted)];
				size -= wanted;
				wanted = 4;
			}
		}
	}
}

function lengthOf(bytes: Buffer): number {
	const length = bytes.readUInt32BE();
	if (length === 0 || length > limits.packet) {
		throw new BrokenProtocol(`A packet of ${length} bytes`);
	}

	return length;
}
