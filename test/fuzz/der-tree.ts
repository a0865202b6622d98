// DER as a tree that can be bent anywhere and written again. Nothing of the code under test is used here.
import {tlv} from '../certificates/fixtures/der.js';

export type Node = {
	tag: number;
	content: Buffer | Node[];
	/** What stands before the elements inside, as the count of unused bits in a BIT STRING. */
	prefix?: Buffer;
	/** Bends the bytes after they were written, such as the length. */
	bend?: (whole: Buffer) => Buffer;
};

/** A node and where it stands. */
export type Spot = {node: Node; siblings: Node[]; index: number};

const [bitString, octetString] = [0x03, 0x04];

/** The elements that fill these bytes exactly; undefined when they do not. What is wrapped in strings is opened, too. */
export function parse(bytes: Buffer): Node[] | undefined {
	const nodes: Node[] = [];
	for (let at = 0; at < bytes.length;) {
		const [tag = 0, short = 0x80] = bytes.subarray(at);
		const size = short > 0x80 ? short & 0x7f : 0;
		if ((tag & 0x1f) === 0x1f || short === 0x80 || size > 3 || at + 2 + size > bytes.length) {
			return undefined;
		}

		const start = at + 2 + size;
		const end = start + (size === 0 ? short : bytes.readUIntBE(at + 2, size));
		if (end > bytes.length) {
			return undefined;
		}

		nodes.push(opened(tag, bytes.subarray(start, end)));
		at = end;
	}

	return nodes;
}

function opened(tag: number, content: Buffer): Node {
	if (tag === bitString && content[0] === 0 && content.length > 2) {
		const inside = parse(content.subarray(1));
		return inside === undefined ? {tag, content} : {tag, content: inside, prefix: content.subarray(0, 1)};
	}

	const isOpen = (tag & 0x20) !== 0 || (tag === octetString && content.length > 1);
	return {tag, content: (isOpen ? parse(content) : undefined) ?? content};
}

export function encode({tag, content, prefix = Buffer.alloc(0), bend}: Node): Buffer {
	const whole = tlv(tag, prefix, Buffer.isBuffer(content) ? content : Buffer.concat(content.map(node => encode(node))));
	return bend === undefined ? whole : bend(whole);
}

/** Every node below and including these. */
export function spotsIn(siblings: Node[]): Spot[] {
	return siblings.flatMap((node, index) => [{node, siblings, index}, ...(Buffer.isBuffer(node.content) ? [] : spotsIn(node.content))]);
}
