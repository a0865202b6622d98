// Text from a file can attack its reader: a common name may hold an escape sequence that repaints the terminal, or a
// right-to-left override that reorders a name. Everything quoted from a file passes through here.

/** Controls, formats (bidi, zero width), line and paragraph separators, lone surrogates, private use, unassigned. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** How much of one value is worth showing; every valid host name and distinguished name is shorter. */
const maxQuoteLength = 400;

/** The text with everything that could steer a terminal spelled out, such as `\x1b` or `\u{202e}`. Changes nothing else. */
export function sanitise(text: string): string {
	return text.replaceAll(unprintable, character => {
		const code = character.codePointAt(0) ?? 0;
		return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
	});
}

/** The same for a text of several lines, which it keeps. */
export function sanitiseLines(text: string): string {
	return text
		.split('\n')
		.map(line => sanitise(line))
		.join('\n');
}

/** JSON text with everything that could steer a terminal written as `\uXXXX`, so that it still reads as the same value. */
export function escapeJson(json: string): string {
	return json.replaceAll(unprintable, character => {
		const units = Array.from({length: character.length}, (_, index) => character.charCodeAt(index));
		return units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
	});
}

/** A value from a file between quotation marks, sanitised and truncated when it is very long. */
export function quoted(text: string): string {
	const shown = text.length > maxQuoteLength ? `${text.slice(0, maxQuoteLength)}… (${text.length} characters)` : text;
	return `"${sanitise(shown)}"`;
}

/** Values from a file, sanitised, separated by commas; `none` when there are none. */
export function listed(values: readonly string[], most = 12): string {
	if (values.length === 0) {
		return 'none';
	}

	const shown = values
		.slice(0, most)
		.map(value => sanitise(value.slice(0, maxQuoteLength)))
		.join(', ');
	return values.length > most ? `${shown} and ${values.length - most} more` : shown;
}
