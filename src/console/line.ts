import type {Key} from './keys.js';

/** The longest line that may be typed, in characters. */
export const maxLineLength = 256;

/** The longest answer to a question: a pasted public key of the largest size fits. */
export const maxAnswerLength = 4096;

/** What a key makes of a line of at most `longest` characters; undefined when the key does not edit. */
export function editLine(line: string, key: Key, longest = maxLineLength): string | undefined {
	switch (key.name) {
		case 'text': {
			return line.length < longest ? line + key.text : line;
		}

		case 'backspace':
		case 'delete': {
			return [...line].slice(0, -1).join('');
		}

		case 'ctrl-u': {
			return '';
		}

		case 'ctrl-w': {
			return line.replace(/\S*\s*$/, '');
		}

		default: {
			return undefined;
		}
	}
}
