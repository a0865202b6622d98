// Where PEM text is damaged, line by line, in words that complete a sentence about the file.
import {labelLinesIn, type LabelLine} from '../parse/pem-labels.js';
import {quoted} from '../../sanitise.js';

/** Names of characters that cannot be seen, or look like others. */
const characterNames: Record<string, string> = {
	'\u00A0': 'no-break space',
	'\u00AD': 'soft hyphen',
	'\u0085': 'next line',
	'\u2007': 'figure space',
	'\u200B': 'zero-width space',
	'\u200C': 'zero-width non-joiner',
	'\u200D': 'zero-width joiner',
	'\u200E': 'left-to-right mark',
	'\u200F': 'right-to-left mark',
	'\u2010': 'hyphen',
	'\u2011': 'non-breaking hyphen',
	'\u2013': 'en dash',
	'\u2014': 'em dash',
	'\u2028': 'line separator',
	'\u202F': 'narrow no-break space',
	'\u2060': 'word joiner',
	'\u2212': 'minus sign',
	'\u3000': 'ideographic space',
	'\uFEFF': 'byte order mark, a zero-width no-break space',
	'\uFFFD': 'replacement character: the original is lost',
};

type Damage = {test: RegExp; say(match: RegExpExecArray, place: string): string};

/** What damages the lines between BEGIN and END. The patterns are for one line each, without its end. */
const inBody: readonly Damage[] = [
	{test: /^[>|][>| ]*/, say: (_, place) => `has the quotation marks of mail in front of its lines, first at ${place}`},
	{test: /^["'`]|["'`][,;]?$/, say: (_, place) => `has quotes around its lines, first at ${place}`},
	{test: /\\$/, say: (_, place) => `has backslashes at the ends of its lines, first at ${place}`},
	{
		test: /^[A-Za-z\d+/]*[-_][\w-]*={0,2}$/,
		say: (_, place) => `is in base64url, the URL-safe alphabet with "-" and "_", first at ${place}; PEM takes "+" and "/"`,
	},
	{
		test: /[^A-Za-z\d+/= \t\u0080-\uFFFF]/,
		say: ([found = ''], place) => `has ${quoted(found)} inside the Base64, at ${place}`,
	},
];

type Line = {text: string; number: number; start: number};

/** What is wrong with the lines of a text: its BEGIN and END lines first, then what stands between. */
export function damagedLines(text: string): string[] {
	const lines = linesOf(text);
	const labels = labelLinesIn(text);
	const [first, last] = [labels[0], labels.at(-1)];
	return first === undefined || last === undefined
		? []
		: [
				...foreignCharacter(text.slice(0, last.index + last.written.length), first.index, lines),
				...repeatedBegin(labels, lines, text),
				...new Set(labels.flatMap(label => labelDamage(label, lines)).slice(0, 2)),
				...bodyDamage(labels, lines, text),
			];
}

function linesOf(text: string): Line[] {
	const lines: Line[] = [];
	for (let start = 0; start <= text.length;) {
		const next = text.indexOf('\n', start);
		const stop = next === -1 ? text.length : next;
		lines.push({text: text.slice(start, stop).trimEnd(), number: lines.length + 1, start});
		start = stop + 1;
	}

	return lines;
}

function lineAt(lines: readonly Line[], index: number): Line {
	return lines.findLast(({start}) => start <= index) ?? {text: '', number: 1, start: 0};
}

function foreignCharacter(text: string, from: number, lines: readonly Line[]): string[] {
	const found = [...text.slice(from).matchAll(/[^\t\n\r\u0020-\u007E]/gu)];
	const [first] = found;
	if (first === undefined) {
		return [];
	}

	const [character] = first;
	const line = lineAt(lines, from + first.index);
	const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
	const name = characterNames[character] === undefined ? '' : ` (${characterNames[character]})`;
	const more = found.length === 1 ? '' : `, and ${found.length - 1} more characters that PEM does not have`;
	return [`has the character ${code}${name} at line ${line.number}, column ${from + first.index - line.start + 1}${more}`];
}

function repeatedBegin(labels: readonly LabelLine[], lines: readonly Line[], text: string): string[] {
	return labels
		.filter(({kind, label, index}, position) => {
			const before = labels[position - 1];
			return (
				kind === 'BEGIN'
				&& before?.kind === 'BEGIN'
				&& before.label === label
				&& text.slice(before.index + before.written.length, index).trim() === ''
			);
		})
		.map(({index}) => `has a BEGIN line twice in a row, the second at line ${lineAt(lines, index).number}`)
		.slice(0, 1);
}

function labelDamage({kind, label, written, index}: LabelLine, lines: readonly Line[]): string[] {
	const line = lineAt(lines, index);
	const front = line.text.slice(Math.max(0, index - line.start - 80), index - line.start);
	const behind = line.text.slice(index - line.start + written.length);
	const right = `-----${kind} ${label}-----`;
	const place = `${kind} line at line ${line.number}`;
	if (written.includes('\n')) {
		return [`has a ${kind} line that is broken over two lines, at line ${line.number}; it must read ${right}`];
	}

	if (written !== right) {
		return [`has a damaged ${place}: ${quoted(written)}; it must read ${right}, with five hyphens on both sides`];
	}

	const isOneLine = kind === 'BEGIN' && /^ [\w+/= ]{64,}-----END /.test(behind);
	return [
		...(isOneLine ? [`has spaces in place of line ends, at line ${line.number}, as an unquoted variable of a shell has`] : []),
		...(front.trim() === '' || front.endsWith('-----') || (kind === 'END' && /^-----BEGIN |[\w=] $/.test(front))
			? []
			: [`has text in front of the ${place}: ${excerpt(front.slice(-60))}`]),
		...(behind === '' || isOneLine || /^ ?-----BEGIN /.test(behind)
			? []
			: [`has text behind the dashes of the ${place}, which must end after them: ${excerpt(behind.slice(0, 60))}`]),
	];
}

/** Base64 is not quoted: it may be a part of a private key. */
function excerpt(text: string): string {
	return /[\w+/]{16}/.test(text) ? 'Base64' : quoted(text);
}

/** The first damage of each kind between a BEGIN line and its END line. */
function bodyDamage(labels: readonly LabelLine[], lines: readonly Line[], text: string): string[] {
	const said = new Map<Damage | 'blank', string>();
	for (const [position, {kind, index, written}] of labels.entries()) {
		const end = labels[position + 1];
		const from = index + written.length;
		const body = kind === 'BEGIN' && end !== undefined ? linesBetween(lines, text.indexOf('\n', from), end.index) : [];
		const isLegacy = body.some(line => line.text.includes(': '));
		for (const line of isLegacy ? [] : body) {
			sayDamage(said, line, body);
		}
	}

	return [...said.values()];
}

/** Whole lines that begin after one place and before another. */
function linesBetween(lines: readonly Line[], from: number, to: number): Line[] {
	return from === -1 ? [] : lines.filter(({start}) => start > from && start < to);
}

function sayDamage(said: Map<Damage | 'blank', string>, line: Line, body: readonly Line[]): void {
	if (line.text === '') {
		const blank = body.filter(({text}) => text === '').length;
		const count = blank === 1 ? 'an empty line' : `${blank} empty lines`;
		said.set('blank', said.get('blank') ?? `has ${count} between BEGIN and END, at line ${line.number}`);
		return;
	}

	const damage = inBody.find(({test}) => test.test(line.text.trimStart()));
	const match = damage?.test.exec(line.text);
	if (damage && match && !said.has(damage)) {
		said.set(damage, damage.say(match, `line ${line.number}, column ${match.index + 1}`));
	}
}
