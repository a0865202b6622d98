// The only use of forge's ASN.1 reader. It refuses what forge accepts: deep nesting, wrong tags, dates that do not exist
// (forge turns them into other dates). Every failure is a ParseError.
import forge from 'node-forge';
import {ParseError} from './parse-error.js';

export type Asn1 = forge.asn1.Asn1;

/** Universal tag numbers (X.680 8.4) that certificates use. */
export const tags = {
	boolean: 1,
	integer: 2,
	bitString: 3,
	octetString: 4,
	null: 5,
	oid: 6,
	utf8: 12,
	sequence: 16,
	set: 17,
	printable: 19,
	teletex: 20,
	ia5: 22,
	utcTime: 23,
	generalizedTime: 24,
	universal: 28,
	bmp: 30,
} as const;

/** Ten levels are usual; the limit keeps a hostile file from exhausting the stack. */
const maxDepth = 40;

/** In bytes; the longest in use are a third of it. */
const maxOidLength = 64;

const fromDer = forge.asn1.fromDer as unknown as (bytes: string, options: Record<string, boolean | number>) => Asn1;

/** Reads exactly one element; bytes after it are an error. BIT STRINGs keep their bytes. */
export function readDer(der: Uint8Array): Asn1 {
	try {
		return fromDer(Buffer.from(der).toString('latin1'), {strict: true, parseAllBytes: true, decodeBitStrings: false, maxDepth});
	} catch (error) {
		throw new ParseError(wordsFor(error instanceof Error ? error.message : ''), {cause: error});
	}
}

function wordsFor(message: string): string {
	if (message.startsWith('Unparsed DER bytes')) {
		return 'bytes follow after the end of its DER';
	}

	return message.includes('Max depth') ? 'its ASN.1 is nested too deeply' : 'its ASN.1 is broken or cut off';
}

/** The elements inside a constructed element with this universal tag. */
export function childrenOf(node: Asn1 | undefined, tag: number): Asn1[] {
	if (!isUniversal(node, tag) || typeof node?.value === 'string' || node?.value === undefined) {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return node.value;
}

/** The bytes of a primitive element with this universal tag. */
export function bytesOf(node: Asn1 | undefined, tag: number): Buffer {
	if (!isUniversal(node, tag)) {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return contentOf(node);
}

/** The bytes of a primitive element, whatever its tag. */
export function contentOf(node: Asn1 | undefined): Buffer {
	if (node === undefined || typeof node.value !== 'string') {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	return Buffer.from(node.value, 'latin1');
}

export function isUniversal(node: Asn1 | undefined, tag: number): boolean {
	return node !== undefined && Number(node.tagClass) === 0 && Number(node.type) === tag;
}

/** Whether this is the element `[number]` of a context. */
export function isContext(node: Asn1 | undefined, number: number): node is Asn1 {
	return node !== undefined && Number(node.tagClass) === 0x80 && Number(node.type) === number;
}

/** An object identifier such as `2.5.29.17`. Throws ParseError for one with a cut-off or overlong number. */
export function oidOf(node: Asn1 | undefined): string {
	const bytes = bytesOf(node, tags.oid);
	if (bytes.length === 0 || bytes.length > maxOidLength || (bytes.at(-1) ?? 0) >= 0x80) {
		throw new ParseError('it holds a broken object identifier');
	}

	const numbers: bigint[] = [0n];
	for (const [index, byte] of bytes.entries()) {
		numbers.push(((numbers.pop() ?? 0n) << 7n) | BigInt(byte & 0x7f));
		if (byte < 0x80 && index < bytes.length - 1) {
			numbers.push(0n);
		}
	}

	const [first = 0n, ...others] = numbers;
	const root = first < 80n ? first / 40n : 2n;
	return [root, first - root * 40n, ...others].join('.');
}

/** The numbers of the bits that are set in a named bit list (X.680 22). */
export function bitsOf(node: Asn1 | undefined): number[] {
	const bytes = bytesOf(node, tags.bitString);
	const unused = bytes[0];
	if (unused === undefined || unused > 7 || (unused > 0 && bytes.length === 1)) {
		throw new ParseError('it holds a broken bit string');
	}

	const count = Math.min(64, (bytes.length - 1) * 8 - unused);
	return Array.from({length: count}, (_, bit) => bit).filter(bit => ((bytes[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** A boolean; DER's TRUE is 0xff, and BER's other values count as true as well. */
export function booleanOf(node: Asn1 | undefined): boolean {
	const bytes = bytesOf(node, tags.boolean);
	if (bytes.length !== 1) {
		throw new ParseError('it holds a broken boolean');
	}

	return bytes[0] !== 0;
}

/** A date of RFC 5280 4.1.2.5: whole seconds, in UTC, with a `Z`. A day that does not exist is an error. */
export function dateOf(node: Asn1 | undefined): Date {
	const isShort = isUniversal(node, tags.utcTime);
	const text = bytesOf(node, isShort ? tags.utcTime : tags.generalizedTime).toString('latin1');
	const century = isShort ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') : '';
	const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + text);
	const iso = parts === null ? '' : `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}.000Z`;
	const date = new Date(iso);
	if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) {
		throw new ParseError('it holds a date that does not exist');
	}

	return date;
}

/** The text of a string element. Bytes that its type does not allow become replacement characters. */
export function textOf(node: Asn1): string {
	if (typeof node.value !== 'string') {
		throw new ParseError('it holds a name that is not text');
	}

	if (isUniversal(node, tags.bmp)) {
		return node.value; // Already put together from its two-byte characters by forge.
	}

	const bytes = contentOf(node);
	if (isUniversal(node, tags.universal)) {
		return Array.from({length: bytes.length >> 2}, (_, index) => characterFor(bytes.readUInt32BE(index * 4))).join('');
	}

	return bytes.toString(isUniversal(node, tags.utf8) ? 'utf8' : 'latin1');
}

function characterFor(code: number): string {
	return code <= 0x10_ff_ff ? String.fromCodePoint(code) : '\u{FFFD}';
}
