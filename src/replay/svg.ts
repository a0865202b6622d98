import type {Cell, Style} from './cell.js';
import {background, cssColour, foreground} from './palette.js';

const fontSize = 14;
/** The advance of the usual monospace fonts is 0.6 of their size; `textLength` holds every run to it. */
const cellWidth = 8.4;
const cellHeight = 18;
const padding = 16;

type Run = {column: number; width: number; text: string; style: Style};

/** The screen as a picture that stands alone: no script, no font file, nothing to load. */
export function renderSvg(cells: Cell[][], title: string): string {
	const width = round((cells[0]?.length ?? 0) * cellWidth + 2 * padding);
	const height = cells.length * cellHeight + 2 * padding;
	const drawn = cells.flatMap((row, index) => runsOf(row).flatMap(run => drawRun(run, index)));
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escape(title)}</title>`,
		`<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${background}" stroke="#30363d"/>`,
		`<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontSize}"`
		+ ` fill="${foreground}" xml:space="preserve">`,
		...drawn,
		'</g>',
		'</svg>',
		'',
	].join('\n');
}

/** Neighbours of one style, so that a row is a few elements and not eighty. */
function runsOf(row: Cell[]): Run[] {
	const runs: Run[] = [];
	for (const [column, cell] of row.entries()) {
		const last = runs.at(-1);
		if (last && sameStyle(last.style, cell.style)) {
			last.width += 1;
			last.text += cell.width === 0 ? '' : cell.text;
		} else {
			runs.push({column, width: 1, text: cell.text, style: cell.style});
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
	return run.text.trim() === '' || style.hidden ? drawn : [...drawn, drawText(run, row, front === undefined ? undefined : cssColour(front))];
}

function drawBackground({column, width}: Run, row: number, fill: string): string {
	const y = padding + row * cellHeight;
	return `<rect x="${left(column)}" y="${y}" width="${round(width * cellWidth)}" height="${cellHeight}" fill="${fill}"/>`;
}

function drawText(run: Run, row: number, fill: string | undefined): string {
	const text = run.text.trimEnd();
	const blanks = run.text.length - text.length;
	const indent = text.length - text.trimStart().length;
	const attributes = {
		x: left(run.column + indent),
		y: padding + row * cellHeight + 13,
		textLength: round((run.width - blanks - indent) * cellWidth),
		...(fill === undefined ? {} : {fill}),
		...(run.style.bold ? {'font-weight': 'bold'} : {}),
		...(run.style.dim ? {opacity: 0.6} : {}),
		...(run.style.italic ? {'font-style': 'italic'} : {}),
		...(run.style.underline ? {'text-decoration': 'underline'} : {}),
	};
	const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join('');
	return `<text${written}>${escape(text.trimStart())}</text>`;
}

function left(column: number): number {
	return round(padding + column * cellWidth);
}

function round(number: number): number {
	return Math.round(number * 10) / 10;
}

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Makes text safe for XML, which has no place at all for control characters. */
function escape(text: string): string {
	return text.replaceAll(/[\u0000-\u001F\u007F\uFFFE\uFFFF]/g, '\uFFFD').replaceAll(/[&<>"]/g, character => entities[character]!);
}
