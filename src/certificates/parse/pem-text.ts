// PEM as OpenSSL reads it (RFC 7468 with OpenSSL's leniencies), found in Buffers and never turned into text as a whole.
// Unlike forge and OpenSSL, nothing is skipped silently: a damaged block, a block without an END line and text outside of blocks
// are all reported.
import {decodeBase64, type Line} from './base64.js';
import {ParseError} from './parse-error.js';

export type Block = {
	/** Such as `CERTIFICATE`; not sanitised. */
	label: string;
	/** The line of BEGIN, counted from 1. */
	line: number;
	/** The lines between BEGIN and END. */
	body: Line[];
	/** Whether the END line is there. */
	ended: boolean;
	/** The label of the END line, when there is one. */
	endLabel?: string;
};

export type PemText = {
	blocks: Block[];
	/** The first line with words outside of the blocks. */
	strayLine?: number;
	/** The first BEGIN or END line that has white space before it. */
	indentedLine?: number;
	/** The first line inside a block that holds `-----BEGIN` and is not a BEGIN line, as when two files were joined. */
	joinedLine?: number;
};

const dashes = Buffer.from('-----');
const begin = Buffer.from('-----BEGIN ');
const end = Buffer.from('-----END ');
const maxLabelLength = 64;

/** Finds every block. Never throws; the bytes of `body` are views of `bytes`. */
export function readPemText(bytes: Buffer): PemText {
	const text: PemText = {blocks: []};
	let open: Block | undefined;
	for (const line of linesOf(bytes)) {
		const opened = labelIn(line.bytes, begin);
		const closed = labelIn(line.bytes, end);
		if (opened !== undefined) {
			open = {label: opened, line: line.number, body: [], ended: false};
			text.blocks.push(open);
		} else if (open !== undefined && closed !== undefined) {
			open.ended = true;
			open.endLabel = closed;
			open = undefined;
		} else {
			draft(text, line, open !== undefined);
			open?.body.push(line);
		}

		if (open === undefined && closed === undefined && line.bytes.length > 0) {
			text.strayLine ??= line.number;
		}
	}

	return text;
}

/** Decodes the body of a block. Throws ParseError with the line. Header lines (`Name: value`) are left out. */
export function decodeBlock(block: Block): Buffer {
	if (!block.ended || block.endLabel !== block.label) {
		throw new ParseError(`its END line ${block.ended ? 'names something else' : `is missing after line ${lastLine(block)}`}`);
	}

	const lines = block.body.slice(headerLength(block));
	const gap = lines.find(line => line.bytes.length === 0);
	if (gap !== undefined) {
		throw new ParseError(`an empty line inside the block, at line ${gap.number}`);
	}

	const decoded = decodeBase64(lines);
	if (decoded.length === 0) {
		throw new ParseError(`nothing between BEGIN and END at line ${block.line}`);
	}

	return decoded;
}

/** The text of one block alone, in a Buffer of its own. */
export function textOfBlock(block: Block): Buffer {
	const lines = [
		Buffer.from(`-----BEGIN ${block.label}-----`),
		...block.body.map(({bytes}) => bytes),
		Buffer.from(`-----END ${block.label}-----`),
	];
	return Buffer.concat(lines.flatMap(line => [line, Buffer.from('\n')]));
}

/** Whether a block is encrypted in the way of RFC 1421, as `openssl genrsa -aes256` used to write it. */
export function saysEncrypted(block: Block): boolean {
	return block.body.slice(0, 3).some(line => line.bytes.indexOf('Proc-Type: 4,ENCRYPTED') === 0);
}

/** The last line that belongs to a block. */
export function lastLine(block: Block): number {
	return block.body.at(-1)?.number ?? block.line;
}

function draft(text: PemText, line: Line, isInside: boolean): void {
	const inner = line.bytes.subarray(spacesBefore(line.bytes));
	if (inner.length < line.bytes.length && (labelIn(inner, begin) ?? labelIn(inner, end)) !== undefined) {
		text.indentedLine ??= line.number;
	} else if (isInside && line.bytes.includes(begin)) {
		text.joinedLine ??= line.number;
	}
}

function spacesBefore(bytes: Buffer): number {
	return Math.max(
		0,
		bytes.findIndex(byte => byte !== 0x20 && byte !== 0x09 && byte !== 0x0c),
	);
}

function labelIn(line: Buffer, prefix: Buffer): string | undefined {
	if (line[0] !== dashes[0] || !line.subarray(0, prefix.length).equals(prefix) || !line.subarray(-dashes.length).equals(dashes)) {
		return undefined;
	}

	const label = line.subarray(prefix.length, Math.max(prefix.length, line.length - dashes.length));
	return label.length > maxLabelLength || label.includes(dashes) ? undefined : label.toString('latin1');
}

function headerLength({body}: Block): number {
	const blank = body.findIndex(line => line.bytes.length === 0);
	const isHeader = blank === 0 || (blank > 0 && body[0]?.bytes.includes(':'));
	return isHeader ? blank + 1 : 0;
}

/** Lines without their ends and without white space before these ends, as OpenSSL takes it away too. */
function* linesOf(bytes: Buffer): Generator<Line> {
	let start = bytes.indexOf('\u{FEFF}') === 0 ? 3 : 0;
	for (let number = 1; start < bytes.length; number++) {
		const next = bytes.indexOf(0x0a, start);
		const stop = next === -1 ? bytes.length : next;
		let length = stop;
		while (length > start && (bytes[length - 1] ?? 0) <= 0x20) {
			length--;
		}

		yield {number, bytes: bytes.subarray(start, length)};
		start = stop + 1;
	}
}
