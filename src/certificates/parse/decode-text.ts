// The characters of a file whose encoding is not known: UTF-16, UTF-8, or one byte for each character.
import {isUtf8} from 'node:buffer';

const byteOrderMarks: ReadonlyArray<[mark: string, encoding: 'utf16le' | 'utf16be' | 'utf8']> = [
	['fffe', 'utf16le'],
	['feff', 'utf16be'],
	['efbbbf', 'utf8'],
];

/** The text of a file without its byte order mark. Bytes that are not UTF-8 are taken for characters of ISO 8859-1. */
export function decodeText(bytes: Buffer): string {
	const start = bytes.toString('hex', 0, 3);
	const [mark, encoding] = byteOrderMarks.find(([known]) => start.startsWith(known)) ?? ['', encodingWithoutMark(bytes)];
	const rest = bytes.subarray(mark.length / 2);
	switch (encoding) {
		case 'utf16be': {
			return Buffer.from(rest.subarray(0, rest.length & ~1))
				.swap16()
				.toString('utf16le');
		}

		case 'utf16le': {
			return rest.toString('utf16le');
		}

		default: {
			return rest.toString(isUtf8(rest) ? 'utf8' : 'latin1');
		}
	}
}

/** Whether a file is UTF-16 text, with a byte order mark or without. */
export function isUtf16(bytes: Buffer): boolean {
	return ['fffe', 'feff'].includes(bytes.toString('hex', 0, 2)) || encodingWithoutMark(bytes) !== 'utf8';
}

function encodingWithoutMark(bytes: Buffer): 'utf16le' | 'utf16be' | 'utf8' {
	const begin = Buffer.from('-----BEGIN', 'utf16le');
	if (!bytes.includes(begin)) {
		return 'utf8';
	}

	return bytes.indexOf(begin) % 2 === 0 ? 'utf16le' : 'utf16be';
}
