import type {Colour} from './cell.js';

/** The terminal's own colours in a picture. */
export const background = '#0d1117';
export const foreground = '#d1d7e0';

/** Black to white, then the bright ones; chosen to be read on the dark background. */
const named = [
	'#1b1f24',
	'#ff7b72',
	'#3fb950',
	'#d29922',
	'#58a6ff',
	'#bc8cff',
	'#39c5cf',
	'#b1bac4',
	'#6e7681',
	'#ffa198',
	'#56d364',
	'#e3b341',
	'#79c0ff',
	'#d2a8ff',
	'#56d4dd',
	'#ffffff',
];

/** The steps of the 6x6x6 cube that numbers 16 to 231 stand for in xterm. */
const steps = [0, 95, 135, 175, 215, 255];

/** A colour of a cell as CSS writes it. */
export function cssColour(colour: NonNullable<Colour>): string {
	if (typeof colour === 'string') {
		return colour;
	}

	return named[colour] ?? (colour < 232 ? ofCube(colour - 16) : ofGreys(colour - 232));
}

function ofCube(index: number): string {
	const parts = [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6];
	return `#${parts.map(part => hexadecimal(steps[part]!)).join('')}`;
}

function ofGreys(index: number): string {
	return `#${hexadecimal(8 + index * 10).repeat(3)}`;
}

function hexadecimal(value: number): string {
	return value.toString(16).padStart(2, '0');
}
