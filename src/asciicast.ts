// Recordings in the format asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a header, and a line of JSON for each event.
import {readyMarkCode} from './ready-mark.js';
import {escapeJson} from './sanitise.js';

/** Output, input, a new size such as `100x30`, or a marker: a label at a moment. */
export type CastCode = 'o' | 'i' | 'r' | 'm';

/** Seconds since the start, and what happened. */
export type CastEvent = [seconds: number, code: CastCode, data: string];

export type CastHeader = {
	columns: number;
	rows: number;
	title: string;
	/** When it began. */
	startedAt?: Date;
	/** The TERM of the recorded terminal. Default: xterm-256color. */
	terminal?: string;
};

/** The label of the marker that stands for what was typed at a secret question, before the prompt of that question. */
export const secretMarker = 'Secret: ';

/** The first line. */
export function castHeader({columns, rows, title, startedAt, terminal = 'xterm-256color'}: CastHeader): string {
	const timestamp = startedAt && {timestamp: Math.floor(startedAt.getTime() / 1000)};
	return escapeJson(JSON.stringify({version: 2, width: columns, height: rows, ...timestamp, title, env: {TERM: terminal}}));
}

const readyMarks = new RegExp(`\\u001B\\]${readyMarkCode};[^\\u0007]*\\u0007`, 'g');

/** Output as it is recorded: ready marks are meant for the replay only. */
export function withoutReadyMarks(text: string): string {
	return text.replaceAll(readyMarks, '');
}

/** Seconds with microseconds. */
export function castSeconds(milliseconds: number): number {
	return Math.round(milliseconds * 1000) / 1_000_000;
}
