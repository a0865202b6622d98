// PEM text that was encoded once more on its way: what the encoding is called, and the text without it. Each is recognised by what
// no PEM text holds, so that nothing is guessed.
import {decodeText} from './decode-text.js';

export type TextEncoding = 'Base64' | 'RTF' | 'percent-encoding' | 'quoted-printable' | 'backslash escapes' | 'HTML';

type Decoder = {encoding: TextEncoding; isUsed(text: string): boolean; decode(text: string): string};

/** The beginning of `-----BEGIN ` in Base64. */
const encodedBegin = /LS0tLS1CRUdJTi[\w+/-]{2,}={0,2}/g;

const decoders: readonly Decoder[] = [
	{
		encoding: 'Base64',
		isUsed: text => encodedPem(text) !== undefined,
		decode: text => encodedPem(text) ?? text,
	},
	{
		encoding: 'RTF',
		isUsed: text => /^\s{0,20}\{\\rtf/.test(text),
		decode: text =>
			text
				.replaceAll(/\\(?:par|line)\b ?|\\\r?\n/g, '\n')
				.replaceAll(/\\'[\da-f]{2}|\\[a-z]{1,32}-?\d{0,10} ?/gi, '')
				.replaceAll(/[{}]/g, ''),
	},
	{
		encoding: 'percent-encoding',
		isUsed: text => /BEGIN(?:%20|\+)[A-Z]|(?:%2D){5}|-----(?:%0D)?%0A/i.test(text),
		decode: text => decodedBytes(/BEGIN\+[A-Z]/.test(text) ? text.replaceAll('+', ' ') : text, /%([\da-f]{2})/gi),
	},
	{
		encoding: 'quoted-printable',
		isUsed: text => /-----=\r?\n|=3D/.test(text) && text.includes('BEGIN'),
		decode: text => decodedBytes(text.replaceAll(/=[ \t]{0,10}\r?\n/g, '\n'), /=([\dA-F]{2})/g),
	},
	{
		encoding: 'backslash escapes',
		isUsed: text => /-\\+["'nrtu]|\\+[nr]-|\\+u00(?:0[ad]|2[bd]|3d)|\\+[nr]\r?\n/i.test(text),
		decode: text =>
			text
				.replaceAll(/\\{1,16}(?:r\\{1,16}n|n|r|u000[ad])/gi, '\n')
				.replaceAll(/\\{1,16}u00(2b|2d|2f|3d|20)/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
				.replaceAll(/\\{1,16}t/g, ' ')
				.replaceAll(/\\{1,16}(?=[/"'])/g, ''),
	},
	{
		encoding: 'HTML',
		isUsed: text => /<br ?\/?>|<\/?(?:pre|p|div|span|code)\b|&#(?:x0?[ad]|1[03]);|&(?:nbsp|#43|#47|#61|#x2b|#x2f|#x3d);/i.test(text),
		decode: text =>
			text
				.replaceAll(/<br ?\/?>|&#(?:x0?[ad]|1[03]);/gi, '\n')
				.replaceAll(/<\/?(?:pre|p|div|span|code)\b[^<>\n]{0,200}>/gi, '\n')
				.replaceAll(/&nbsp;/gi, ' ')
				.replaceAll(/&#(x?)([\da-f]{1,4});/gi, (_, isHex: string, digits: string) =>
					String.fromCodePoint(isHex === '' ? Number(digits) || 0x20 : Number.parseInt(digits, 16)),
				),
	},
];

/** The encodings around PEM text, outermost first, and the text without them; at most three, one inside the other. */
export function decodeOnce(text: string): {text: string; encodings: TextEncoding[]} {
	const encodings: TextEncoding[] = [];
	let inner = text;
	for (let depth = 0; depth < 3; depth++) {
		const decoder = decoders.find(({encoding, isUsed}) => !encodings.includes(encoding) && isUsed(inner));
		if (decoder === undefined) {
			break;
		}

		encodings.push(decoder.encoding);
		inner = decoder.decode(inner);
	}

	return {text: inner, encodings};
}

/** The PEM text that Base64 holds: in the whole file, or in values of it, as in a secret of Kubernetes. */
function encodedPem(text: string): string | undefined {
	const whole = text.replaceAll(/[\s"']/g, '');
	if (/^[\w+/-]+={0,2}$/.test(whole)) {
		const decoded = decodeText(Buffer.from(whole, 'base64'));
		return decoded.includes('-----BEGIN ') ? decoded : undefined;
	}

	const values = text.match(encodedBegin) ?? [];
	return values.length === 0 ? undefined : values.map(value => decodeText(Buffer.from(value, 'base64'))).join('\n');
}

function decodedBytes(text: string, pattern: RegExp): string {
	return text.replaceAll(pattern, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
}
