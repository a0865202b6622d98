// What a conversation has printed so far, and how it is wrapped into rows for a given width. Pure.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import {sanitise} from '../sanitise.js';
import type {Cell, DrawnRow, Drawing, Tone} from './conversation.js';

export type Entry =
	| {kind: 'text'; text: string; tone: Tone}
	| {kind: 'table'; rows: readonly Cell[][]; heads: boolean; /** The indexes of rows that report a fault. */ bad?: readonly number[]}
	| {kind: 'drawing'; draw: Drawing}
	| {kind: 'answer'; prompt: string; text: string}
	| {kind: 'step'; title: string; state: 'running' | 'done' | 'failed'; /** In milliseconds. */ took: number};

export type Row = DrawnRow & {
	/** The row of a step in progress: the spinner is drawn over its first characters. */
	spinner?: true;
};

/** Text is wrapped to this width even on a wider terminal, so that lines stay readable. */
const maxTextWidth = 100;
/** Text is not wrapped to less than this width; a narrower terminal cuts rows off. */
const minTextWidth = 10;
const gap = 2;
/** A table that would need narrower columns than this shows its cells one below the other. */
const minColumnWidth = 6;
const statusWidth = 8;
const timeWidth = 9;
/** A step whose title would get less width than this is shown without its duration. */
const minTitleWidth = 12;

/** What a drawing may use where nothing says how high the terminal is. */
const usualRows = 16;

/** The rows of these entries on a terminal of this many columns, with an empty row between paragraphs. `height` is for drawings. */
export function rowsOf(entries: readonly Entry[], columns: number, height = usualRows): Row[] {
	const width = Math.max(minTextWidth, Math.min(columns, maxTextWidth));
	const rows: Row[] = [];
	for (const [index, entry] of entries.entries()) {
		const before = entries[index - 1];
		if (before && needsSpace(before, entry)) {
			rows.push({text: '', tone: 'plain'});
		}

		rows.push(...(entry.kind === 'drawing' ? entry.draw({columns, rows: height}) : rowsOfEntry(entry, width)));
	}

	return rows;
}

/** An empty row separates entries, except consecutive steps and consecutive answers. */
function needsSpace(before: Entry, entry: Entry): boolean {
	return before.kind !== entry.kind || (entry.kind !== 'step' && entry.kind !== 'answer');
}

function rowsOfEntry(entry: Exclude<Entry, {kind: 'drawing'}>, width: number): Row[] {
	switch (entry.kind) {
		case 'text': {
			return wrap(entry.text, width).map(text => ({text, tone: entry.tone}));
		}

		case 'table': {
			return rowsOfTable(entry, width);
		}

		case 'answer': {
			return wrap(`${entry.prompt} ${entry.text}`, width).map(text => ({text, tone: 'dim'}));
		}

		case 'step': {
			return rowsOfStep(entry, width);
		}
	}
}

/** A fingerprint such as `AB:CD:...`. */
const fingerprint = /(?:[\dA-F]{2}:){15,}[\dA-F]{2}/g;

/** A fingerprint that is wider than a row ends each row with a whole byte, so that it can be compared. */
function foldedFingerprint(text: string, width: number): string {
	const perRow = Math.max(3, Math.floor(width / 3) * 3);
	return text.length <= width ? text : text.match(new RegExp(`.{1,${perRow}}`, 'g'))!.join('\n');
}

/** Wraps text to this width. Wrapped rows keep the indentation of their line; control characters are escaped. */
function wrap(text: string, width: number): string[] {
	return text
		.replaceAll('\r\n', '\n')
		.replaceAll('\t', '  ')
		.split('\n')
		.flatMap(line => {
			const indentation = /^ */.exec(line)![0].slice(0, Math.floor(width / 2));
			const room = width - indentation.length;
			const words = sanitise(line.trim()).replaceAll(fingerprint, text => foldedFingerprint(text, room));
			return wrapAnsi(words, room, {hard: true})
				.split('\n')
				.map(row => `${indentation}${row}`.trimEnd());
		});
}

function rowsOfStep({title, state, took}: Entry & {kind: 'step'}, width: number): Row[] {
	const room = width - statusWidth - timeWidth;
	const [first = '', ...rest] = wrap(title, room < minTitleWidth ? width - statusWidth : room);
	const indented = (text: string) => `${' '.repeat(statusWidth)}${text}`;
	const below = (tone: Tone) => rest.map((text): Row => ({text: indented(text), tone}));
	if (state === 'running') {
		return [{text: indented(first), tone: 'plain', spinner: true}, ...below('plain')];
	}

	const tone = state === 'done' ? 'plain' : 'bad';
	const time = room < minTitleWidth ? '' : `${pad('', room - stringWidth(first))}${`${(took / 1000).toFixed(2)} s`.padStart(timeWidth)}`;
	return [{text: `${pad(state, statusWidth)}${first}${time}`, tone}, ...below(tone)];
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** The rows of a table as wide as this, for which text would be too wide. */
export function rowsOfTable({rows, heads, bad = []}: Entry & {kind: 'table'}, width: number): Row[] {
	const widths = columnWidths(rows, width);
	return rows.flatMap((cells, index) => {
		const tone = heads && index === 0 ? 'heading' : bad.includes(index) ? 'bad' : 'plain';
		return (widths ? rowsOfColumns(cells, widths) : rowsOfStack(cells, width)).map((text): Row => ({text, tone}));
	});
}

function rowsOfColumns(cells: readonly Cell[], widths: readonly number[]): string[] {
	const lines = cells.map((cell, column) => wrap(cell, widths[column]!));
	const height = Math.max(0, ...lines.map(({length}) => length));
	return Array.from({length: height}, (_, line) =>
		widths
			.map((width, column) => pad(lines[column]?.[line] ?? '', width))
			.join(' '.repeat(gap))
			.trimEnd(),
	);
}

function rowsOfStack([first = '', ...rest]: readonly Cell[], width: number): string[] {
	const indentation = ' '.repeat(gap);
	return [...wrap(first, width), ...rest.flatMap(cell => wrap(cell, width - gap).map(line => indentation + line))];
}

/**
 * Makes each column as wide as its widest cell. When the table is too wide, the widest columns are narrowed first. Undefined when
 * a column would be narrower than `minColumnWidth`.
 */
function columnWidths(rows: readonly Cell[][], width: number): number[] | undefined {
	const count = Math.max(0, ...rows.map(({length}) => length));
	const widths = Array.from({length: count}, (_, column) =>
		Math.max(1, ...rows.flatMap(cells => wrap(cells[column] ?? '', maxTextWidth).map(line => stringWidth(line)))),
	);
	const room = width - gap * (count - 1);
	while (widths.reduce((sum, one) => sum + one, 0) > room) {
		const widest = Math.max(...widths);
		if (widest <= minColumnWidth) {
			return undefined;
		}

		widths[widths.indexOf(widest)]!--;
	}

	return widths;
}

/** The rows that fit, `scroll` rows back from the end. The first and the last say how many more there are. */
export function visibleRows(rows: readonly Row[], room: number, scroll: number): Row[] {
	const end = rows.length - Math.min(scroll, maxScroll(rows, room));
	const start = Math.max(0, end - room);
	const shown = rows.slice(start, end);
	if (room < 3) {
		return shown;
	}

	if (start > 0) {
		shown[0] = {text: `... ${start + 1} more rows above: Page Up`, tone: 'dim'};
	}

	if (end < rows.length) {
		shown[shown.length - 1] = {text: `... ${rows.length - end + 1} more rows below: Page Down`, tone: 'dim'};
	}

	return shown;
}

/** How far these rows can be scrolled back when this many are visible. */
export function maxScroll(rows: readonly Row[], room: number): number {
	return Math.max(0, rows.length - room);
}
