// What a terminal sends for each key. The sequences are those of xterm (XTerm Control Sequences, "PC-Style Function Keys").

/** A key with the modifiers that are held down: the name of a special key, or one character. */
export type Chord = {key: string; ctrl: boolean; alt: boolean; shift: boolean};

/** Keys whose sequence is a letter, which modifiers turn into `CSI 1 ; m letter`. */
const letterKeys: Record<string, string> = {Up: 'A', Down: 'B', Right: 'C', Left: 'D', Home: 'H', End: 'F'};

/** Keys whose sequence is a number, which modifiers turn into `CSI number ; m ~`. */
const numberKeys: Record<string, string> = {Insert: '2', Delete: '3', PageUp: '5', PageDown: '6'};

const plainKeys: Record<string, string> = {Enter: '\r', Tab: '\t', Space: ' ', Backspace: '\u007F', Escape: '\u001B'};

/** The names of the keys that have one. */
export const keyNames = [...Object.keys(letterKeys), ...Object.keys(numberKeys), ...Object.keys(plainKeys)];

/**
 * What a terminal sends for this key. `applicationCursor` is the mode that a program may select (DECCKM), in which the arrows, Home
 * and End start with `ESC O`.
 */
export function keySequence(chord: Chord, applicationCursor = false): string {
	const letter = letterKeys[chord.key];
	if (letter !== undefined) {
		return letterSequence(letter, modifierNumber(chord), applicationCursor);
	}

	const number = numberKeys[chord.key];
	if (number !== undefined) {
		const modifier = modifierNumber(chord);
		return modifier === 1 ? `\u001B[${number}~` : `\u001B[${number};${modifier}~`;
	}

	return chord.key === 'Tab' && chord.shift ? '\u001B[Z' : (chord.alt ? '\u001B' : '') + character(chord);
}

function letterSequence(letter: string, modifier: number, applicationCursor: boolean): string {
	if (modifier > 1) {
		return `\u001B[1;${modifier}${letter}`;
	}

	return (applicationCursor ? '\u001BO' : '\u001B[') + letter;
}

function modifierNumber({shift, alt, ctrl}: Chord): number {
	return 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
}

function character({key, ctrl, shift}: Chord): string {
	const plain = plainKeys[key] ?? (shift ? key.toUpperCase() : key);
	return ctrl && plain >= ' ' ? controlCharacter(plain) : plain;
}

/** Control folds a character to its low five bits, as terminals do; `?` and Backspace are exceptions. */
function controlCharacter(plain: string): string {
	if (plain === '?') {
		return '\u007F';
	}

	return plain === '\u007F' ? '\b' : String.fromCodePoint(plain.toUpperCase().codePointAt(0)! % 32);
}
