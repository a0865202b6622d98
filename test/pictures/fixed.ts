// Screens in which what differs from run to run has fixed values, so that a picture changes only when the console does.
import {createHash} from 'node:crypto';
import type {Cell} from '../../src/replay/cell.js';
import type {Appliance} from '../helpers/appliance.js';

const day = 86_400_000;
const usualPorts = {console: '8443', moduleServer: '17477', ssh: '2222'};

/** The day that takes the place of today. */
const fixedDay = Date.UTC(2026, 11, 1);

type Change = [pattern: RegExp, value: (found: string) => string];

/** Makes screens of one appliance fixed, in the order in which they were shown. */
export function fixedScreens({ports}: Appliance, now: Date): (cells: Cell[][]) => Cell[][] {
	const fingerprints = new Map<string, string>();
	const ofFingerprint = (found: string) => {
		const known = fingerprints.get(found) ?? hexadecimal(fingerprints.size, found);
		fingerprints.set(found, known);
		return known;
	};
	const ofPorts = Object.entries(usualPorts).map(([name, port]): Change => [
		new RegExp(`\\b${ports[name as keyof typeof ports]}\\b`, 'g'),
		() => port,
	]);
	const changes: Change[] = [
		...ofPorts,
		[/\d{4}-\d\d-\d\d/g, date => fixedDate(date, now)],
		[/\b\d\d:\d\d:\d\d\b/g, () => '08:00:00'],
		[/\b\d{8}-\d{6}\b/g, () => '20261201-080000'],
		[/[\dA-F]{2}(?::[\dA-F]{2})+:?/g, ofFingerprint],
		[/\b[\dA-F]{40}\b|\b[\dA-F]{32}\b/g, ofFingerprint],
		[/outage \d+ ms/g, () => 'outage 150 ms'],
		[/\bpid \d+/g, () => 'pid 4711'],
		[/settle time {2,}\d+\.\d\d s(?= *$)/g, found => found.replace(/ +\S+ s$/, time => '2.00 s'.padStart(time.length))],
		[/(?<!settle time *) {2,}\d+\.\d\d s(?= *$)/g, time => '0.02 s'.padStart(time.length)],
	];
	return cells => cells.map(row => fixedRow(row, changes));
}

/** Changes the text of a row; what is behind a text of another length moves. */
function fixedRow(row: Cell[], changes: readonly Change[]): Cell[] {
	let cells = row;
	for (const [pattern, value] of changes) {
		const text = cells.map(cell => cell.text).join('');
		for (const match of [...text.matchAll(pattern)].toReversed()) {
			const {style} = cells[match.index]!;
			const written = [...value(match[0])].map(character => ({text: character, width: 1, style}));
			cells = cells.toSpliced(match.index, match[0].length, ...written);
		}
	}

	const blank: Cell = {text: ' ', width: 1, style: row.at(-1)!.style};
	return [...cells, ...Array.from({length: Math.max(0, row.length - cells.length)}, () => blank)].slice(0, row.length);
}

/** The same number of days before or after the fixed day. */
function fixedDate(date: string, now: Date): string {
	const today = Math.floor(now.getTime() / day) * day;
	return new Date(fixedDay + Date.parse(`${date}T00:00:00Z`) - today).toISOString().slice(0, 10);
}

/** Other digits for those of a number that was found as the n-th. */
function hexadecimal(n: number, found: string): string {
	const digits = createHash('sha512').update(String(n)).digest('hex').toUpperCase();
	let at = 0;
	return found.replaceAll(/[\dA-F]/g, () => digits[at++ % digits.length]!);
}
