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
	/** The first line outside of the blocks that was meant as one, or as a part of one, and that OpenSSL passes over. */
	lost?: Line;
	/** The first line with a NUL, other than at its end, where OpenSSL takes it for white space. */
	nulLine?: number;
	/** The lines whose byte order mark OpenSSL passes over: the first of the file, and the first after a block. */
	markedLines: number[];
	/** The first line inside a block that holds `-----BEGIN` and is not a BEGIN line, as when two files were joined. */
	joinedLine?: number;
};

const dashes = Buffer.from('-----');
const begin = Buffer.from('-----BEGIN ');
const end = Buffer.from('-----END ');
const byteOrderMark = Buffer.from('\u{FEFF}');
const maxLabelLength = 64;

/** Finds every block. Never throws; the bytes of `body` are views of `bytes`. */
export function readPemText(bytes: Buffer): PemText {
	const text: PemText = {blocks: [], markedLines: []};
	let open: Block | undefined;
	let isFirst = true; // Of those that OpenSSL reads for a block.
	for (const raw of linesOf(bytes)) {
		const line = isFirst ? withoutMark(text, raw) : raw;
		isFirst = false;
		const opened = labelIn(line.bytes, begin);
		const closed = labelIn(line.bytes, end);
		if (opened !== undefined) {
			open = {label: opened, line: line.number, body: [], ended: false};
			text.blocks.push(open);
		} else if (open !== undefined && closed !== undefined) {
			open.ended = true;
			open.endLabel = closed;
			open = undefined;
			isFirst = true;
		} else if (open === undefined) {
			noteOutside(text, line);
		} else {
			noteIndented(text, line);
			noteJoined(text, line);
			open.body.push(line);
		}
	}

	return text;
}

function withoutMark(text: PemText, line: Line): Line {
	if (!line.bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)) {
		return line;
	}

	text.markedLines.push(line.number);
	return {number: line.number, bytes: line.bytes.subarray(byteOrderMark.length)};
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

function noteOutside(text: PemText, line: Line): void {
	const hasIndent = noteIndented(text, line);
	if (line.bytes.length > 0) {
		text.strayLine ??= line.number;
	}

	if (!hasIndent && text.lost === undefined && isLost(line.bytes)) {
		text.lost = line;
	}
}

function noteIndented(text: PemText, line: Line): boolean {
	if (line.bytes.includes(0)) {
		text.nulLine ??= line.number;
	}

	const inner = line.bytes.subarray(spacesBefore(line.bytes));
	const isIndented = inner.length < line.bytes.length && (labelIn(inner, begin) ?? labelIn(inner, end)) !== undefined;
	if (isIndented) {
		text.indentedLine ??= line.number;
	}

	return isIndented;
}

function noteJoined(text: PemText, line: Line): void {
	if (line.bytes.includes(begin)) {
		text.joinedLine ??= line.number;
	}
}

/** Hyphens, and what word processors make of them, around the words of a BEGIN or END line. */
const lookalike =
	/(?:-|\xE2\x80[\x90-\x95]|\xE2\x88\x92|[\x96\x97]){2,} *(?:BEGIN|END) *(?:[A-Z\d]+ )*(?:CERT|PRIVATE|PKCS|CMS|[A-Z\d]+ *-{2})/i;
/** The first line of a block whose BEGIN line is missing: Base64 of a SEQUENCE of more than 127 bytes. */
const bareBase64 = /^MI[\w+/]{58,}=*$/;
/** Enough of a line to tell. */
const maxLookedAt = 4096;

function isLost(line: Buffer): boolean {
	const start = line.toString('latin1', 0, maxLookedAt);
	return line.includes(begin) || line.includes(end) || lookalike.test(start) || bareBase64.test(start);
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
	let start = 0;
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
