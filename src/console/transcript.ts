// What a conversation has said so far, and how it breaks into rows for a given width. Pure.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
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
const gap = 2;
const statusWidth = 8;
const timeWidth = 9;

/** The rows of these entries on a terminal of this many columns, with an empty row between paragraphs. */
export function rowsOf(entries: readonly Entry[], columns: number): Row[] {
	const width = Math.max(10, Math.min(columns, readable));
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
			return [rowOfStep(entry, width)];
		}
	}
}

function wrap(text: string, width: number): string[] {
	return wrapAnsi(text, width, {hard: true, trim: false}).split('\n').map(line => line.trimEnd());
}

function rowOfStep(step: Entry & {kind: 'step'}, width: number): Row {
	const room = Math.max(10, Math.min(width, readable) - statusWidth - timeWidth);
	const title = pad(step.title.length > room ? `${step.title.slice(0, room - 3)}...` : step.title, room);
	if (step.state === 'running') {
		return {text: `${' '.repeat(statusWidth)}${title}`.trimEnd(), tone: 'plain', spinner: true};
	}

	const time = `${(step.took / 1000).toFixed(2)} s`.padStart(timeWidth);
	return {text: `${pad(step.state, statusWidth)}${title}${time}`, tone: step.state === 'done' ? 'plain' : 'bad'};
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function rowsOfTable(rows: readonly Cell[][], heads: boolean, width: number): Row[] {
	const widths = columnWidths(rows, width);
	return rows.flatMap((cells, index) => {
		const lines = cells.map((cell, column) => wrap(cell, widths[column]!));
		const height = Math.max(...lines.map(({length}) => length));
		return Array.from({length: height}, (_, line): Row => ({
			text: widths.map((columnWidth, column) => pad(lines[column]?.[line] ?? '', columnWidth)).join(' '.repeat(gap)).trimEnd(),
			tone: heads && index === 0 ? 'heading' : 'plain',
		}));
	});
}

/** Each column as wide as its widest cell; where that is too much, the widest columns give way first. */
function columnWidths(rows: readonly Cell[][], width: number): number[] {
	const count = Math.max(...rows.map(({length}) => length));
	const widths = Array.from({length: count}, (_, column) =>
		Math.max(1, ...rows.flatMap(cells => (cells[column] ?? '').split('\n').map(line => stringWidth(line)))));
	const room = width - gap * (count - 1);
	while (widths.reduce((sum, one) => sum + one, 0) > room && Math.max(...widths) > 1) {
		widths[widths.indexOf(Math.max(...widths))]!--;
	}

	return widths;
}
