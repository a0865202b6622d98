// Makes PEM text out of what was PEM text once: other encodings, other line endings, indentation, text that was copied out of JSON.
// Only what stands between the BEGIN and END lines is taken from the result, so nothing here needs to be exact outside of them.

const byteOrderMarks: ReadonlyArray<[mark: string, encoding: 'utf16le' | 'utf16be' | 'utf8']> = [
	['fffe', 'utf16le'],
	['feff', 'utf16be'],
	['efbbbf', 'utf8'],
];

/** The same text in ASCII with LF line endings, each BEGIN and END line on a line of its own. */
export function repairText(bytes: Buffer): Buffer {
	const text = decoded(bytes)
		.replaceAll(/\\r\\n|\\n|\r\n|\r/g, '\n')
		.replaceAll(/(?<=[^\n])(?=-----BEGIN )/g, '\n')
		.replaceAll(/(-----(?:BEGIN|END) [^-\n]{1,64}-----)(?=[^\n])/g, '$1\n')
		.replaceAll(/^[ \t\f]+|[ \t\f]+$/gm, '');
	return Buffer.from(text, 'latin1');
}

function decoded(bytes: Buffer): string {
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
			return rest.toString('latin1');
		}
	}
}

function encodingWithoutMark(bytes: Buffer): 'utf16le' | 'utf16be' | 'utf8' {
	const begin = Buffer.from('-----BEGIN', 'utf16le');
	if (!bytes.includes(begin)) {
		return 'utf8';
	}

	return bytes.indexOf(begin) % 2 === 0 ? 'utf16le' : 'utf16be';
}
