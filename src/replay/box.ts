// Box lines are drawn as paths: the glyphs of most fonts are shorter than a row and would leave gaps.

/** The lines of a character from the middle of its cell: left, right, up or down. */
const arms: Record<string, string> = {
	'─': 'lr',
	'│': 'ud',
	'┌': 'rd',
	'┐': 'ld',
	'└': 'ru',
	'┘': 'lu',
	'├': 'rud',
	'┤': 'lud',
	'┬': 'lrd',
	'┴': 'lru',
	'┼': 'lrud',
	'╭': 'rd',
	'╮': 'ld',
	'╰': 'ru',
	'╯': 'lu',
	'╴': 'l',
	'╶': 'r',
	'╵': 'u',
	'╷': 'd',
};

const rounded = '╭╮╰╯';

export function isBoxLine(character: string): boolean {
	return Object.hasOwn(arms, character);
}

/** The SVG path of this character in the cell whose upper left corner is `x`, `y`. */
export function boxPath(character: string, x: number, y: number, width: number, height: number): string {
	const middle = `${number(x + width / 2)} ${number(y + height / 2)}`;
	const ends: Record<string, string> = {
		l: `${number(x)} ${number(y + height / 2)}`,
		r: `${number(x + width)} ${number(y + height / 2)}`,
		u: `${number(x + width / 2)} ${number(y)}`,
		d: `${number(x + width / 2)} ${number(y + height)}`,
	};
	const points = [...(arms[character] ?? '')].map(arm => ends[arm]!);
	return rounded.includes(character) ? `M${points[0]}Q${middle} ${points[1]}` : points.map(point => `M${middle}L${point}`).join('');
}

function number(value: number): number {
	return Math.round(value * 10) / 10;
}
