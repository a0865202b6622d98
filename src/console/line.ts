import type {Key} from './keys.js';

/** A line that is being typed. */
export type EditedLine = {
	text: string;
	/** How many characters are right of the cursor: 0 at the end. More than the text has means its start. */
	behind: number;
};

/** The line after a key, with at most `maxLength` UTF-16 code units; undefined when the key does not edit it. */
export function editLine(line: EditedLine, key: Key, maxLength: number): EditedLine | undefined {
	if (key.name === 'text' && line.text.length + key.text.length > maxLength) {
		return line; // Without looking at it: the rest of a long paste costs nothing.
	}

	const [left, right] = splitAtCursor(line);
	switch (key.name) {
		case 'text': {
			return joined(left + key.text, right);
		}

		case 'backspace': {
			return joined(withoutLast(left), right);
		}

		case 'ctrl-u': {
			return joined('', right);
		}

		case 'ctrl-w': {
			return joined(left.replace(/\S*\s*$/, ''), right);
		}

		default: {
			return line.text === '' ? undefined : editTyped(left, right, key);
		}
	}
}

/** The text on both sides of the cursor. */
export function splitAtCursor({text, behind}: EditedLine): [left: string, right: string] {
	if (behind === 0) {
		return [text, ''];
	}

	const characters = [...text];
	const cursor = Math.max(0, characters.length - behind);
	return [characters.slice(0, cursor).join(''), characters.slice(cursor).join('')];
}

/** Keys that edit a line with text in it; where nothing is typed they move and scroll. */
function editTyped(left: string, right: string, {name}: Key): EditedLine | undefined {
	switch (name) {
		case 'delete': {
			return joined(left, withoutFirst(right));
		}

		case 'left': {
			return joined(withoutLast(left), left.slice(withoutLast(left).length) + right);
		}

		case 'right': {
			return joined(left + right.slice(0, right.length - withoutFirst(right).length), withoutFirst(right));
		}

		case 'home':
		case 'ctrl-a': {
			return joined('', left + right);
		}

		case 'end':
		case 'ctrl-e': {
			return joined(left + right, '');
		}

		case 'ctrl-k': {
			return joined(left, '');
		}

		default: {
			return undefined;
		}
	}
}

function joined(left: string, right: string): EditedLine {
	return {text: left + right, behind: [...right].length};
}

/** A character is a code point, however many code units it has. */
function withoutLast(text: string): string {
	return [...text].slice(0, -1).join('');
}

function withoutFirst(text: string): string {
	return [...text].slice(1).join('');
}
