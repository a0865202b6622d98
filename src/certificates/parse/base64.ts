// Decodes Base64 from a Buffer into a Buffer: a private key must not become an immutable string, and the line of the first bad
// character is reported, which `Buffer.from(text, 'base64')` silently skips.
import {ParseError} from './parse-error.js';

/** Bytes and the number, counted from 1, of their line in the file. */
export type Line = {number: number; bytes: Buffer};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const padding = 0x3d;
const values = new Int8Array(256).fill(-1);
for (const [value, letter] of [...alphabet].entries()) {
	values[letter.charCodeAt(0)] = value;
}

/** Decodes lines as one base64 text (RFC 4648, with padding; spaces and tabs are ignored). Throws ParseError. */
export function decodeBase64(lines: readonly Line[]): Buffer {
	const decoded = Buffer.alloc(Math.ceil((lines.reduce((sum, line) => sum + line.bytes.length, 0) * 3) / 4));
	let length = 0;
	let bits = 0;
	let letters = 0;
	let pads = 0;
	for (const {number, bytes} of lines) {
		for (const byte of bytes) {
			if (byte === 0x20 || byte === 0x09) {
				continue;
			}

			const value = values[byte] ?? -1;
			if (byte === padding) {
				pads++;
			} else if (value === -1 || pads > 0) {
				decoded.fill(0);
				throw new ParseError(`bad base64 at line ${number}`);
			}

			bits = ((bits << 6) | Math.max(value, 0)) & 0xff_ff_ff;
			letters++;
			if (letters % 4 === 0) {
				length = decoded.writeUIntBE(bits, length, 3);
			}
		}
	}

	if (letters % 4 !== 0 || pads > 2) {
		decoded.fill(0);
		throw new ParseError(`bad base64 at line ${lines.at(-1)?.number ?? 0}: its end is missing`);
	}

	return decoded.subarray(0, length - pads);
}
