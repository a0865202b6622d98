// The data types of the SSH protocols (RFC 4251, section 5), which keys, known hosts and SFTP share.

/** The name of an algorithm has at most 64 characters (RFC 4251, section 6). */
const maxKeyTypeBytes = 64;

/** Bytes that end before the field that is read. */
export class WireError extends Error {
	override readonly name = 'WireError';
}

/** Reads fields in order. Each method throws a WireError for a field that is not all there. */
export class WireReader {
	#at = 0;

	constructor(private readonly bytes: Buffer) {}

	/** Whether every byte has been read. */
	get isAtEnd(): boolean {
		return this.#at === this.bytes.length;
	}

	uint32(): number {
		return this.take(4).readUInt32BE();
	}

	/** A length and that many bytes: a view, not a copy. */
	string(): Buffer {
		return this.take(this.uint32());
	}

	/** A string as text, one character for each byte, so that any encoding survives the round trip. */
	text(): string {
		return this.string().toString('latin1');
	}

	/** The next bytes, without a length before them. */
	take(length: number): Buffer {
		const field = this.bytes.subarray(this.#at, this.#at + length);
		if (field.length < length) {
			throw new WireError(`The field has ${field.length} of ${length} bytes`);
		}

		this.#at += length;
		return field;
	}
}

/** The strings that `bytes` consists of. Throws a WireError when the last one is cut off. */
export function stringsIn(bytes: Buffer): Buffer[] {
	const reader = new WireReader(bytes);
	const strings: Buffer[] = [];
	while (!reader.isAtEnd) {
		strings.push(reader.string());
	}

	return strings;
}

/** The type that a public key blob names, such as `ssh-ed25519`; empty for bytes that are not a key. */
export function keyTypeOf(blob: Buffer): string {
	const length = blob.length < 4 ? 0 : blob.readUInt32BE();
	return length > maxKeyTypeBytes ? '' : blob.toString('latin1', 4, 4 + length);
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

/** A length and that many bytes. Text is written as latin1, as WireReader.text() reads it. */
export function string(value: string | Uint8Array): Buffer {
	const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
	return Buffer.concat([uint32(bytes.length), bytes]);
}
