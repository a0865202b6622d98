// Makes PEM text out of what was PEM text once. Only what stands between the BEGIN and END lines is taken, so nothing here needs to be
// exact outside of them. The text of a damaged file becomes a string for this; a file that is whole never comes here.
import {decodeText} from './decode-text.js';
import {decodeOnce} from './encoded-text.js';
import {pemOfBase64, pemOfElement} from './bare-base64.js';
import {rewriteLabelLines} from './pem-labels.js';
import {decodeBlock, readPemText, saysEncrypted, type Block} from './pem-text.js';
import {elementsBesidePem} from './mixed-forms.js';
import {tryParse} from './parse-error.js';
import {firstElement} from './tlv.js';

/** Spaces that are no space, and line ends that are no line end, with what they stand for. */
const foreignSpaces: ReadonlyArray<[RegExp, string]> = [
	[/[\u0085\u2028\u2029]/g, '\n'],
	[/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, ' '],
	[/[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/g, ''],
];

/** The PEM blocks of a text in ASCII with LF line endings, each BEGIN and END line on a line of its own, without empty lines. */
export function repairText(bytes: Buffer): Buffer {
	const {text} = decodeOnce(decodeText(bytes));
	const spaced = foreignSpaces.reduce((some, [pattern, meant]) => some.replaceAll(pattern, meant), text).replaceAll(/\r\n?/g, '\n');
	const {blocks} = readPemText(Buffer.from(rewriteLabelLines(spaced)));
	const wanted = blocks.filter((block, index) => block.ended || !isRepeated(block, blocks[index + 1]));
	const binary = elementsBesidePem(bytes).map(({format, element}) => pemOfElement(format, element));
	const textual = wanted.length === 0 ? [pemOfBase64(text)] : wanted.map(block => rewritten(block));
	return Buffer.from([...textual, ...binary].join(''));
}

/** Whether the repaired text holds more than the text itself: more whole blocks, or no damaged one beside them. */
export function canBeRepaired(bytes: Buffer): boolean {
	const [before, after] = [readPemText(bytes).blocks, readPemText(repairText(bytes)).blocks];
	const [wholeBefore, wholeAfter] = [before, after].map(blocks => blocks.filter(block => isWhole(block)).length) as [number, number];
	return (
		wholeAfter > wholeBefore || (wholeAfter > 0 && wholeAfter === wholeBefore && after.length === wholeAfter && before.length > wholeBefore)
	);
}

/** Whether a block can be decoded, and holds as many bytes as its DER says. */
export function isWhole(block: Block): boolean {
	return (
		tryParse(() => {
			if (!saysEncrypted(block)) {
				const decoded = decodeBlock(block);
				firstElement(decoded);
				decoded.fill(0);
			}
		}) === undefined && block.ended
	);
}

/** Whether a BEGIN line stands twice with nothing between. */
function isRepeated({body, label}: Block, next: Block | undefined): boolean {
	return next?.label === label && body.every(({bytes}) => bytes.length === 0);
}

function rewritten(block: Block): string {
	const lines = block.body.map(({bytes}) => bytes.toString('latin1'));
	const hasHeaders = lines.some(line => /^[ \t>"']*[A-Z][\w-]*: /.test(line));
	const body = hasHeaders ? withHeaders(lines) : [cleaned(lines)];
	return [`-----BEGIN ${block.label}-----`, ...body, ...(block.ended ? [`-----END ${block.endLabel}-----`] : []), ''].join('\n');
}

function withHeaders(lines: string[]): string[] {
	const headers = lines.map(line => line.replace(/^[ \t>"']+/, '')).filter(line => line.includes(':'));
	return [...headers, '', cleaned(lines.filter(line => !line.includes(':')))];
}

/** Base64 without the marks around its lines, in the usual alphabet, with its padding, in lines of 64 characters. */
function cleaned(lines: string[]): string {
	const base64 = lines.map(line => line.replaceAll(/^[\s>|"'`,*#]+|[\s"'`,;\\]+$/g, '').replaceAll(/[ \t]/g, '')).join('');
	const usual = /[+/]/.test(base64) ? base64 : base64.replaceAll('-', '+').replaceAll('_', '/');
	const bare = usual.replace(/={1,2}$/, '');
	const padded = bare + '='.repeat(bare.length % 4 === 1 ? 0 : (4 - (bare.length % 4)) % 4);
	return padded.replaceAll(/.{64}(?=.)/g, '$&\n');
}
