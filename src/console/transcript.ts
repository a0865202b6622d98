// What a conversation has said so far, and how it breaks into rows for a given width. Pure.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import {sanitise} from '../sanitise.js';
import type {Cell, Tone} from './conversation.js';

export type Entry =
	| {kind: 'text'; text: string; tone: Tone}
	| {kind: 'table'; rows: readonly Cell[][]; heads: boolean}
	| {kind: 'answer'; prompt: string; text: string}
	| {kind: 'step'; title: string; state: 'running' | 'done' | 'failed'; /** In milliseconds. */ took: number};

export type Row = {
	text: string;
	tone: Tone;
	/** The row of a step under way: its first characters are the spinner's place. */
	spinner?: true;
};

/** Text wider than this is wrapped even on a wide terminal, so that lines stay readable. */
const readable = 100;
/** Narrower than this nothing is wrapped; a narrower terminal cuts rows off. */
const narrowest = 10;
const gap = 2;
/** A table whose columns would have to be narrower than this shows its cells one below the other. */
const narrowestColumn = 6;
const statusWidth = 8;
const timeWidth = 9;
/** How much room a step's title must have for its time to be shown beside it. */
const titleWidth = 12;

/** The rows of these entries on a terminal of this many columns, with an empty row between paragraphs. */
export function rowsOf(entries: readonly Entry[], columns: number): Row[] {
	const width = Math.max(narrowest, Math.min(columns, readable));
	const rows: Row[] = [];
	for (const [index, entry] of entries.entries()) {
		const before = entries[index - 1];
		if (before && needsSpace(before, entry)) {
			rows.push({text: '', tone: 'plain'});
		}

		rows.push(...rowsOfEntry(entry, width));
	}

	return rows;
}

/** Steps follow each other closely, and so do answers; all else stands apart. */
function needsSpace(before: Entry, entry: Entry): boolean {
	return before.kind !== entry.kind || (entry.kind !== 'step' && entry.kind !== 'answer');
}

function rowsOfEntry(entry: Entry, width: number): Row[] {
	switch (entry.kind) {
		case 'text': {
			return wrap(entry.text, width).map(text => ({text, tone: entry.tone}));
		}

		case 'table': {
			return rowsOfTable(entry.rows, entry.heads, width);
		}

		case 'answer': {
			return wrap(`${entry.prompt} ${entry.text}`, width).map(text => ({text, tone: 'dim'}));
		}

		case 'step': {
			return rowsOfStep(entry, width);
		}
	}
}

/** Lines that fit. What is wrapped stays under the indentation of its line; what could steer a terminal is spelled out. */
function wrap(text: string, width: number): string[] {
	return text
		.replaceAll('\r\n', '\n')
		.replaceAll('\t', '  ')
		.split('\n')
		.flatMap(line => {
			const indentation = /^ */.exec(line)![0].slice(0, Math.floor(width / 2));
			const words = sanitise(line.trim());
			return wrapAnsi(words, width - indentation.length, {hard: true})
				.split('\n')
				.map(row => `${indentation}${row}`.trimEnd());
		});
}

function rowsOfStep({title, state, took}: Entry & {kind: 'step'}, width: number): Row[] {
	const room = width - statusWidth - timeWidth;
	const [first = '', ...rest] = wrap(title, room < titleWidth ? width - statusWidth : room);
	const indented = (text: string) => `${' '.repeat(statusWidth)}${text}`;
	const below = (tone: Tone) => rest.map((text): Row => ({text: indented(text), tone}));
	if (state === 'running') {
		return [{text: indented(first), tone: 'plain', spinner: true}, ...below('plain')];
	}

	const tone = state === 'done' ? 'plain' : 'bad';
	const time = room < titleWidth ? '' : `${pad('', room - stringWidth(first))}${`${(took / 1000).toFixed(2)} s`.padStart(timeWidth)}`;
	return [{text: `${pad(state, statusWidth)}${first}${time}`, tone}, ...below(tone)];
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function rowsOfTable(rows: readonly Cell[][], heads: boolean, width: number): Row[] {
	const widths = columnWidths(rows, width);
	return rows.flatMap((cells, index) => {
		const tone = heads && index === 0 ? 'heading' : 'plain';
		return (widths ? besideEachOther(cells, widths) : belowEachOther(cells, width)).map((text): Row => ({text, tone}));
	});
}

function besideEachOther(cells: readonly Cell[], widths: readonly number[]): string[] {
	const lines = cells.map((cell, column) => wrap(cell, widths[column]!));
	const height = Math.max(0, ...lines.map(({length}) => length));
	return Array.from({length: height}, (_, line) =>
		widths
			.map((width, column) => pad(lines[column]?.[line] ?? '', width))
			.join(' '.repeat(gap))
			.trimEnd(),
	);
}

function belowEachOther([first = '', ...rest]: readonly Cell[], width: number): string[] {
	const indentation = ' '.repeat(gap);
	return [...wrap(first, width), ...rest.flatMap(cell => wrap(cell, width - gap).map(line => indentation + line))];
}

/** Each column as wide as its widest cell; where that is too much, the widest give way first. Undefined when none is left to give. */
function columnWidths(rows: readonly Cell[][], width: number): number[] | undefined {
	const count = Math.max(0, ...rows.map(({length}) => length));
	const widths = Array.from({length: count}, (_, column) =>
		Math.max(1, ...rows.flatMap(cells => wrap(cells[column] ?? '', readable).map(line => stringWidth(line)))),
	);
	const room = width - gap * (count - 1);
	while (widths.reduce((sum, one) => sum + one, 0) > room) {
		const widest = Math.max(...widths);
		if (widest <= narrowestColumn) {
			return undefined;
		}

		widths[widths.indexOf(widest)]!--;
	}

	return widths;
}

/** As many of these rows as fit, `scroll` rows back from the end, and how many are out of sight on either side. */
export function rowsInSight(rows: readonly Row[], room: number, scroll: number): Row[] {
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

/** How far these rows can be scrolled back when this many are in sight. */
export function maxScroll(rows: readonly Row[], room: number): number {
	return Math.max(0, rows.length - room);
}
