import {boxPath, isBoxLine} from './box.js';
import type {Cell, Style} from './cell.js';
import {background, cssColour, foreground} from './palette.js';

const fontSize = 14;
/** The advance of most monospace fonts is 0.6 of their size; `textLength` enforces it for every run. */
const cellWidth = 8.4;
const cellHeight = 18;
/** From the top of a row to the baseline of its letters. */
const baseline = 13;
const padding = 16;

type Run = {column: number; cells: Cell[]; style: Style};

/** The screen as a self-contained picture: no script, no font file, nothing to load. */
export function renderSvg(cells: Cell[][], title: string): string {
	return wrapSvg(
		cells,
		title,
		cells.flatMap((row, index) => drawRow(row, index)),
	);
}

/** A row of a screen, by its number, as elements of a picture. */
export function drawRow(row: Cell[], index: number): string[] {
	return runsOf(row).flatMap(run => drawRun(run, index));
}

/** A picture of the size of a screen, with these elements. */
export function wrapSvg(cells: Cell[][], title: string, drawn: readonly string[]): string {
	const width = round((cells[0]?.length ?? 0) * cellWidth + 2 * padding);
	const height = cells.length * cellHeight + 2 * padding;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escape(title)}</title>`,
		`<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${background}" stroke="#30363d"/>`,
		`<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontSize}"`
			+ ` fill="${foreground}">`,
		...drawn,
		'</g>',
		'</svg>',
		'',
	].join('\n');
}

/** Joins neighbouring cells of one style, so that a row is a few elements and not eighty. */
function runsOf(row: Cell[]): Run[] {
	const runs: Run[] = [];
	for (const [column, cell] of row.entries()) {
		const last = runs.at(-1);
		if (last && sameStyle(last.style, cell.style)) {
			last.cells.push(cell);
		} else {
			runs.push({column, cells: [cell], style: cell.style});
		}
	}

	return runs;
}

function sameStyle(one: Style, other: Style): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

function drawRun(run: Run, row: number): string[] {
	const {style} = run;
	const [front, back] = style.inverse
		? [style.background ?? background, style.foreground ?? foreground]
		: [style.foreground, style.background];
	const drawn = back === undefined ? [] : [drawBackground(run, row, cssColour(back))];
	const colour = cssColour(front ?? foreground);
	return style.hidden ? drawn : [...drawn, ...drawBoxes(run, row, colour), ...drawText(run, row, colour)];
}

function drawBackground({column, cells}: Run, row: number, fill: string): string {
	const size = `width="${round(cells.length * cellWidth)}" height="${cellHeight}"`;
	return `<rect x="${left(column)}" y="${top(row)}" ${size} fill="${fill}"/>`;
}

function drawBoxes({column, cells, style}: Run, row: number, colour: string): string[] {
	const path = cells
		.map((cell, index) => (isBoxLine(cell.text) ? boxPath(cell.text, left(column + index), top(row), cellWidth, cellHeight) : ''))
		.join('');
	return path === '' ? [] : [`<path d="${path}" fill="none" stroke="${colour}"${attributes({opacity: style.dim && 0.6})}/>`];
}

function drawText({column, cells, style}: Run, row: number, fill: string): string[] {
	const written = cells.map(cell => (cell.width === 0 ? '' : isBoxLine(cell.text) ? ' ' : cell.text)).join('');
	const text = written.trim();
	const indent = written.length - written.trimStart().length;
	const blanks = written.length - written.trimEnd().length;
	const looks = attributes({
		x: left(column + indent),
		y: top(row) + baseline,
		textLength: round((cells.length - indent - blanks) * cellWidth),
		fill: fill !== foreground && fill,
		'font-weight': style.bold && 'bold',
		'font-style': style.italic && 'italic',
		'text-decoration': style.underline && 'underline',
		opacity: style.dim && 0.6,
	});
	return text === '' ? [] : [`<text${looks}>${escape(unbroken(text))}</text>`];
}

/** Chromium makes one space of several, whatever `xml:space` says, but keeps no-break spaces. */
function unbroken(text: string): string {
	return text.replaceAll(/ {2,}/g, spaces => '\u00A0'.repeat(spaces.length));
}

function attributes(values: Record<string, string | number | false>): string {
	return Object.entries(values)
		.map(([name, value]) => (value === false ? '' : ` ${name}="${value}"`))
		.join('');
}

function top(row: number): number {
	return padding + row * cellHeight;
}

function left(column: number): number {
	return round(padding + column * cellWidth);
}

function round(number: number): number {
	return Math.round(number * 10) / 10;
}

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Makes text safe for XML, which does not allow control characters even as entities. */
function escape(text: string): string {
	return text.replaceAll(/[\u0000-\u001F\u007F\uFFFE\uFFFF]/g, '\uFFFD').replaceAll(/[&<>"]/g, character => entities[character]!);
}
