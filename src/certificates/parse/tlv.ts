// Just enough of DER to tell private keys and other containers apart inside a Buffer. forge would turn a private key into
// strings, which cannot be zeroed, so keys are parsed here and only certificates by forge.
import {ParseError} from './parse-error.js';

/** One element: its first byte (class, form and number together) and views of its content and of the whole. */
export type Element = {tag: number; content: Buffer; whole: Buffer};

export const der = {
	integer: 0x02,
	bitString: 0x03,
	octetString: 0x04,
	oid: 0x06,
	sequence: 0x30,
	set: 0x31,
	context0: 0xa0,
} as const;

/** The elements that follow one another in these bytes. Throws ParseError unless they fill them exactly. */
export function elementsIn(bytes: Buffer, most = 64): Element[] {
	const elements: Element[] = [];
	for (let rest = bytes; rest.length > 0 && elements.length < most;) {
		const element = firstElement(rest);
		elements.push(element);
		rest = rest.subarray(element.whole.length);
	}

	return elements;
}

/** The element that these bytes begin with; others may follow it. Throws ParseError for lengths that DER does not allow. */
export function firstElement(bytes: Buffer): Element {
	const [tag, short] = bytes;
	if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) {
		throw new ParseError('its ASN.1 is broken or cut off');
	}

	const size = short < 0x80 ? 0 : short & 0x7f;
	if (short === 0x80 || size > 4 || bytes.length < 2 + size) {
		throw new ParseError('its ASN.1 is broken or cut off');
	}

	const length = size === 0 ? short : bytes.readUIntBE(2, size);
	const start = 2 + size;
	if (bytes.length < start + length) {
		throw new ParseError('its ASN.1 is broken or cut off');
	}

	return {tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(0, start + length)};
}

/** The elements of a SEQUENCE that fills these bytes exactly. */
export function sequenceIn(bytes: Buffer): Element[] {
	const {tag, content, whole} = firstElement(bytes);
	if (tag !== der.sequence) {
		throw new ParseError('its ASN.1 has another structure than expected');
	}

	if (whole.length < bytes.length) {
		throw new ParseError('bytes follow after the end of its DER');
	}

	return elementsIn(content);
}
