import type {Key} from './keys.js';

/** The longest line that may be typed, in characters. A pasted public key of the largest size fits. */
export const longestLine = 4096;

/** What a key makes of the line being typed; undefined when the key does not edit. */
export function editLine(line: string, key: Key): string | undefined {
	switch (key.name) {
		case 'text': {
			return line.length < longestLine ? line + key.text : line;
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
