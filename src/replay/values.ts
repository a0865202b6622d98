import type {Scanner} from './scanner.js';

/** A duration in ms, s or m. Without a unit it is in seconds. */
export const durationPattern = /(\d+(?:\.\d+)?|\.\d+)(ms|s|m)?(?![\w.])/;

/** A larger number is taken as a size in pixels. */
const maxSize = 500;
const maxVideoSize = 10_000;
const maxCount = 9999;

/** The milliseconds of a match of `durationPattern`. */
export function durationOf([, number, unit]: RegExpExecArray): number {
	const factor = unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1000;
	return Number(number) * factor;
}

/** A text in single, double or back quotes, without escapes; undefined if there is none at this place. */
export function quotedText(scanner: Scanner): string | undefined {
	const match = scanner.take(/"([^"]*)"|'([^']*)'|`([^`]*)`/);
	if (!match && scanner.take(/(?=["'`])/)) {
		scanner.fail('the closing quote on the same line');
	}

	return match?.slice(1).find(text => text !== undefined);
}

/** A repeat count from 1; undefined if there is none at this place. */
export function countOf(scanner: Scanner): number | undefined {
	const digits = scanner.take(/\d+(?![\w.])/)?.[0];
	return digits === undefined ? undefined : numberWithin(scanner, digits, maxCount, 'a count');
}

/** A number of columns or rows. */
export function sizeOf(scanner: Scanner, of: 'columns' | 'rows'): number {
	const what = `a number of ${of} (not pixels)`;
	return numberWithin(scanner, scanner.expect(/\d+(?![\w.])/, what)[0], maxSize, what);
}

/** A number of columns or rows; undefined for a size in pixels, which is the size of a video and not of the terminal. */
export function videoSizeOf(scanner: Scanner, of: 'columns' | 'rows'): number | undefined {
	const what = `a number of ${of}, or of pixels`;
	const size = numberWithin(scanner, scanner.expect(/\d+(?![\w.])/, what)[0], maxVideoSize, what);
	return size <= maxSize ? size : undefined;
}

function numberWithin(scanner: Scanner, digits: string, max: number, what: string): number {
	const number = Number(digits);
	return number >= 1 && number <= max ? number : scanner.fail(`${what} from 1 to ${max}`, '', `\`${digits}\``);
}
