// Bracketed paste: a terminal that is asked to (DECSET 2004) marks where pasted text begins and ends, so that it can be told from
// typed keys and from the keys that a program sends.
import type {Key} from './keys.js';

/** Tells a terminal to mark what is pasted, and to stop doing so (xterm, "Bracketed Paste Mode"). */
export const pasteMarks = {on: '\u001B[?2004h', off: '\u001B[?2004l'};

/** The keys of a paste that are kept: more than any answer has. */
const maxKeys = 8192;

/** Joins what arrives between the marks of a paste to one key. */
export class PasteCollector {
	#keys: Key[] = [];
	#bytes = 0;

	/** Whether a paste has begun and not ended. */
	get isOpen(): boolean {
		return this.#bytes > 0;
	}

	/** Takes a key; returns the keys that are complete. In a paste only text and line ends count: nothing in it is a command. */
	take(key: Key): Key[] {
		if (!this.isOpen) {
			this.#bytes = key.name === 'paste-start' ? key.bytes : 0;
			return key.name === 'paste-start' ? [] : [key.name === 'paste-end' ? {name: 'other', bytes: key.bytes} : key];
		}

		this.#bytes += key.bytes;
		if (key.name === 'paste-end') {
			return [this.end()];
		}

		if ((key.name === 'text' || key.name === 'enter') && this.#keys.length < maxKeys) {
			this.#keys.push({...key, bytes: 0});
		}

		return [];
	}

	/** Ends a paste, also one whose end does not arrive. */
	end(): Key {
		const paste: Key = {name: 'paste', keys: this.#keys, bytes: this.#bytes};
		this.#keys = [];
		this.#bytes = 0;
		return paste;
	}
}

/** Splits a paste behind its first line, which is typed; the rest begins with the line end that would enter it. */
export function splitPaste(keys: readonly Key[]): {typed: Key[]; rest: Key[]} {
	const first = keys.findIndex(({name}) => name === 'enter');
	const answersOne = first === -1 || first === keys.length - 1;
	return answersOne ? {typed: [...keys], rest: []} : {typed: keys.slice(0, first), rest: keys.slice(first)};
}

/** The number of lines that the rest of a paste and the line before it make. */
export function linesIn(rest: readonly Key[]): number {
	return rest.filter(({name}) => name === 'enter').length + (rest.at(-1)?.name === 'enter' ? 0 : 1);
}
