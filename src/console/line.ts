import type {Key} from './keys.js';

/** The line after a key, with at most `maxLength` UTF-16 code units; undefined when the key does not edit. */
export function editLine(line: string, key: Key, maxLength: number): string | undefined {
	switch (key.name) {
		case 'text': {
			return line.length + key.text.length <= maxLength ? line + key.text : line;
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
