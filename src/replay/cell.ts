import type {IBufferCell} from '@xterm/headless';

/** A number of the 256-colour palette, a `#rrggbb` colour, or undefined for the terminal's own. */
export type Colour = number | string | undefined;

export type Style = {
	foreground: Colour;
	background: Colour;
	bold: boolean;
	dim: boolean;
	italic: boolean;
	underline: boolean;
	inverse: boolean;
	hidden: boolean;
};

/** One cell of the screen. The cell after a character of two columns has a width of 0. */
export type Cell = {text: string; width: number; style: Style};

export function readCell(cell: IBufferCell): Cell {
	return {
		text: cell.getChars() || ' ',
		width: cell.getWidth(),
		style: {
			foreground: colourOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
			background: colourOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
			bold: cell.isBold() !== 0,
			dim: cell.isDim() !== 0,
			italic: cell.isItalic() !== 0,
			underline: cell.isUnderline() !== 0,
			inverse: cell.isInverse() !== 0,
			hidden: cell.isInvisible() !== 0,
		},
	};
}

function colourOf(isDefault: boolean, isRgb: boolean, value: number): Colour {
	if (isDefault) {
		return undefined;
	}

	return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
}

/** The first attribute that a cell has: `i` inverse, `b` bold, `d` dim, `u` underlined, `c` coloured, else `.`. */
export function attributeLetter({style}: Cell): string {
	const coloured = style.foreground !== undefined || style.background !== undefined;
	const held: Array<[boolean, string]> = [
		[style.inverse, 'i'],
		[style.bold, 'b'],
		[style.dim, 'd'],
		[style.underline, 'u'],
		[coloured, 'c'],
	];
	return held.find(([holds]) => holds)?.[1] ?? '.';
}
