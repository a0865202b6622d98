// What has become of PEM text that OpenSSL cannot load, in words: where it is damaged, and by what.
import {convertCommand, intoNewFile, refuse, shellWord, type FindingDraft} from './finding.js';
import {decodeText} from '../parse/decode-text.js';
import {decodeOnce, type TextEncoding} from '../parse/encoded-text.js';
import {canBeRepaired, isWhole} from '../parse/repair-text.js';
import {damagedLines} from './damaged-lines.js';
import type {ReadFile} from './read-file.js';
import {sanitise} from '../../sanitise.js';

const encodingInWords: Record<TextEncoding, string> = {
	Base64: 'is PEM text that was encoded in Base64 once more, as the values in a Kubernetes secret are',
	RTF: 'is rich text (RTF), as TextEdit and WordPad save it',
	'percent-encoding': 'is percent-encoded, as text in a URL is',
	'quoted-printable': 'is quoted-printable, as mail is sent: "=3D" stands for "=", and "=" at the end of a line',
	'backslash escapes': String.raw`has escaped line endings, backslashes with \n or \r, as text copied out of JSON or a program has`,
	HTML: 'has the tags or entities of a web page (HTML) in its PEM text',
};

/** How many kinds of damage one finding names. */
const most = 3;

/** The damage of a file whose blocks cannot all be read; undefined when all can be, or when nothing certain can be said. */
export function textDamage(file: ReadFile): FindingDraft | undefined {
	if (!isSuspicious(file)) {
		return undefined;
	}

	const {name, bytes} = file;
	const text = decodeText(bytes);
	const {encodings} = decodeOnce(text);
	const isRepaired = canBeRepaired(bytes);
	const words = encodings.length > 0 && isRepaired ? encodings.map(encoding => encodingInWords[encoding]) : damagedLines(text);
	return words.length === 0
		? undefined
		: refuse(idFor(file, encodings), `${sanitise(name)} ${words.slice(0, most).join('; it ')}.`, hintFor(file, encodings, isRepaired));
}

/** Whether the text of a file can be repaired to more than OpenSSL finds in it. */
export function isRepairable(file: ReadFile): boolean {
	return isSuspicious(file) && canBeRepaired(file.bytes);
}

/** Whether something in the file seems to have been a block, and cannot be read as one. */
function isSuspicious({bytes, text: {blocks}}: ReadFile): boolean {
	return blocks.length === 0 || blocks.some(block => !isWhole(block)) || occurrences(bytes, '-----BEGIN') > blocks.length;
}

function occurrences(bytes: Buffer, word: string): number {
	let count = 0;
	for (let at = bytes.indexOf(word); at !== -1; at = bytes.indexOf(word, at + 1)) {
		count++;
	}

	return count;
}

function idFor({role, text}: ReadFile, encodings: TextEncoding[]): FindingDraft['id'] {
	return encodings.includes('backslash escapes')
		? `${role}-escaped-newlines`
		: text.blocks.length === 0
			? `${role}-not-pem`
			: `${role}-parse`;
}

function hintFor({role, name, bytes}: ReadFile, encodings: TextEncoding[], isRepaired: boolean): string {
	if (!isRepaired) {
		const wanted = role === 'cert' ? 'certificate' : 'private key';
		return `Take the ${wanted} from the file that was issued or made, and not from a text that shows it.`;
	}

	return encodings[0] === 'Base64' && encodings.length === 1 && /^[\w+/\s]+={0,2}\s*$/.test(bytes.toString('latin1', 0, 64))
		? `Decode it: ${intoNewFile(`base64 -d ${shellWord(name)}`, `${name}.pem`)}`
		: `The bytes are all there. Write them as PEM: ${convertCommand(name)}`;
}
