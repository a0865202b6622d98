// Tanium Status as a drawing: the picture of the platform, and below it as much about the connections as the screen has room for.
import type {Connection, Presented} from '../../registration/connection.js';
import type {Drawing, DrawnRow, Tone} from '../conversation.js';
import {rowsOf, rowsOfTable, type Entry} from '../transcript.js';
import {beginningOf, drawPlatform, leastColumns, wideColumns, type Platform} from './platform.js';

export type Status = Platform & {
	/** The services of this appliance, in words. */
	services: ReadonlyArray<readonly [name: string, state: string]>;
	/** What is to be said besides, such as that a certificate ends soon. */
	notes: ReadonlyArray<{text: string; tone: Tone}>;
};

/** The richest form that the screen has room for. One that is too small for any shows what fails, and is scrolled. */
export function statusDrawing(status: Status): Drawing {
	return ({columns, rows}) => {
		const forms = formsFor(status, columns);
		return forms.find(form => form.length <= rows) ?? forms.at(-1)!;
	};
}

/** From the richest to the shortest. */
function formsFor(status: Status, columns: number): DrawnRow[][] {
	const {services, notes} = status;
	const picture = (isWide: boolean) => (columns < leastColumns ? [] : drawPlatform(status, columns, isWide));
	const isWide = columns >= wideColumns;
	const states: Entry = {kind: 'table', heads: false, rows: services.map(row => [...row])};
	const list = listOf(status.connections, isWide);
	const failures = failuresOf(status.connections, columns);
	const end = [...notes.map((note): Entry => ({kind: 'text', ...note})), verdictOf(status.connections)];
	const paragraphs = (...groups: readonly Entry[][]) => groups.map(group => rowsTogether(group, columns));
	const plain = picture(false);
	return [
		...(isWide ? [joined(picture(true), ...paragraphs([list], failures, [states], end))] : []),
		joined(plain, ...paragraphs([list], failures, [states], end)),
		joined(plain, ...paragraphs([list], failures, end)),
		...(columns < leastColumns ? [] : [joined(plain, ...paragraphs([...failures, ...end]))]),
	];
}

/** Groups of rows with an empty one between them. */
function joined(...groups: readonly DrawnRow[][]): DrawnRow[] {
	return groups.filter(({length}) => length > 0).flatMap((group, index) => (index === 0 ? group : [{text: '', tone: 'plain'}, ...group]));
}

function rowsTogether(entries: readonly Entry[], columns: number): DrawnRow[] {
	return entries.flatMap(entry => (entry.kind === 'table' ? rowsOfTable(entry, columns) : rowsOf([entry], columns)));
}

/** All works, or how many do not. */
export function verdictOf(connections: readonly Connection[]): Entry & {kind: 'text'} {
	const failed = connections.filter(({ok}) => !ok).length;
	return failed === 0
		? {kind: 'text', text: 'All connections work.', tone: 'good'}
		: {kind: 'text', text: `${failed} of ${connections.length} connections failed.`, tone: 'bad'};
}

/** Each connection with its result; with room also with what was presented and expected. */
export function listOf(connections: readonly Connection[], isWide: boolean): Entry & {kind: 'table'} {
	return {
		kind: 'table',
		heads: false,
		rows: connections.map(({number, from, to, ok, result, certificates}) => [
			String(number),
			`${from} -> ${to}`,
			ok ? 'ok' : 'FAIL',
			result,
			...(isWide ? [certificates.map(one => comparison(one, 4)).join('\n')] : []),
		]),
		bad: connections.flatMap(({ok}, index) => (ok ? [] : [index])),
	};
}

/** What was presented, and what the other side takes; the first bytes of each fingerprint. */
function comparison({by, presented, expectedIn, expected}: Presented, bytes: number): string {
	if (presented === null) {
		return `${by} presents none`;
	}

	const shown = `${by} presents ${beginningOf(presented, bytes)}`;
	if (expected === null) {
		return `${shown}; ${expectedIn} is elsewhere`;
	}

	return expected.includes(presented)
		? `${shown}, as in ${expectedIn}`
		: `${shown}; in ${expectedIn}: ${expected.map(one => beginningOf(one, bytes)).join(', ') || 'none'}`;
}

/** What fails, once for each fix: the numbers, the first result, a certificate that is not the expected one, and the fix. */
export function failuresOf(connections: readonly Connection[], columns: number): Array<Entry & {kind: 'text'}> {
	const groups = Map.groupBy(
		connections.filter(({ok}) => !ok),
		({fix}) => fix,
	);
	const bytes = columns >= 200 ? 32 : columns >= 100 ? 12 : 6;
	return [...groups].flatMap(([fix, group]): Array<Entry & {kind: 'text'}> => {
		const numbers = [...new Set(group.map(({number}) => number))].join(', ');
		const differing = group.flatMap(({certificates}) => certificates).find(one => differs(one));
		return [
			{kind: 'text', text: `${numbers} FAIL: ${group[0]!.result}`, tone: 'bad'},
			...(differing ? [{kind: 'text', text: `  ${comparison(differing, bytes)}`, tone: 'plain'} as const] : []),
			{kind: 'text', text: `  Fix: ${fix}`, tone: 'plain'},
		];
	});
}

function differs({presented, expected}: Presented): boolean {
	return presented !== null && expected !== null && !expected.includes(presented);
}
