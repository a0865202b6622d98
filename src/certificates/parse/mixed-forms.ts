// Binary certificates and keys that were appended to one another or to PEM text, as `cat` does it.
import {detectFormat, type FileFormat} from './detect-format.js';
import {tryParse} from './parse-error.js';
import {der, firstElement} from './tlv.js';

export type Placed = {format: FileFormat; element: Buffer; /** Where it starts in the file, counted from 0. */ at: number};

const lastLines = Buffer.from('-----END ');
const dashes = Buffer.from('-----');

/** The elements of DER, of a known format, that stand behind END lines of PEM. */
export function elementsBesidePem(bytes: Buffer): Placed[] {
	const placed: Placed[] = [];
	for (let end = bytes.indexOf(lastLines); end !== -1 && placed.length < 64; end = bytes.indexOf(lastLines, end + 1)) {
		const close = bytes.indexOf(dashes, end + lastLines.length);
		if (close !== -1) {
			placed.push(...elementsFrom(bytes, close + dashes.length));
		}
	}

	return placed;
}

/** The elements of DER, of a known format, that follow one another from here on; white space may stand between them. */
export function elementsFrom(bytes: Buffer, start: number): Placed[] {
	const placed: Placed[] = [];
	for (let at = behindSpace(bytes, start); bytes[at] === der.sequence && placed.length < 64;) {
		const rest = bytes.subarray(at);
		const format = detectFormat(rest);
		let element = rest;
		const damage = tryParse(() => {
			element = firstElement(rest).whole;
		});
		if (damage !== undefined || format === 'unknown') {
			break;
		}

		placed.push({format, element, at});
		at = behindSpace(bytes, at + element.length);
	}

	return placed;
}

function behindSpace(bytes: Buffer, start: number): number {
	let at = start;
	while (at < bytes.length && (bytes[at] ?? 0) <= 0x20) {
		at++;
	}

	return at;
}
