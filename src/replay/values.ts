import type {Scanner} from './scanner.js';

/** A time: milliseconds, seconds or minutes by its unit, seconds without one. */
export const durationWords = /(\d+(?:\.\d+)?|\.\d+)(ms|s|m)?(?![\w.])/;

/** A terminal larger than this was meant in pixels. */
const maxSize = 500;
const maxFilmSize = 10_000;
const maxCount = 9999;

/** The milliseconds of a match of `durationWords`. */
export function durationOf([, number, unit]: RegExpExecArray): number {
	const factor = unit === 'ms' ? 1 : (unit === 'm' ? 60_000 : 1000);
	return Number(number) * factor;
}

/** A text in single, double or back quotes, without escapes; undefined when none stands here. */
export function quotedText(scanner: Scanner): string | undefined {
	const match = scanner.take(/"([^"]*)"|'([^']*)'|`([^`]*)`/);
	if (!match && scanner.take(/(?=["'`])/)) {
		scanner.fail('the closing quote on the same line');
	}

	return match?.slice(1).find(text => text !== undefined);
}

/** A repeat count from 1; undefined when no number stands here. */
export function countOf(scanner: Scanner): number | undefined {
	const digits = scanner.take(/\d+(?![\w.])/)?.[0];
	return digits === undefined ? undefined : numberWithin(scanner, digits, maxCount, 'a count');
}

/** A number of columns or rows. */
export function sizeOf(scanner: Scanner, of: 'columns' | 'rows'): number {
	const what = `a number of ${of} (not pixels)`;
	return numberWithin(scanner, scanner.expect(/\d+(?![\w.])/, what)[0], maxSize, what);
}

/** A number of columns or rows; undefined for a size in pixels, which says how large a film is and nothing of the terminal. */
export function filmSizeOf(scanner: Scanner, of: 'columns' | 'rows'): number | undefined {
	const what = `a number of ${of}, or of pixels`;
	const size = numberWithin(scanner, scanner.expect(/\d+(?![\w.])/, what)[0], maxFilmSize, what);
	return size <= maxSize ? size : undefined;
}

function numberWithin(scanner: Scanner, digits: string, most: number, what: string): number {
	const number = Number(digits);
	return number >= 1 && number <= most ? number : scanner.fail(`${what} from 1 to ${most}`, '', `\`${digits}\``);
}
