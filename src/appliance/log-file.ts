// A log that several processes append to and rotate. Each append opens the file with O_APPEND and writes once, so lines of two
// processes never mix, and a process that opened the file before a rotation still writes a whole line, into the renamed file.
import {closeSync, fdatasyncSync, fstatSync, openSync, readFileSync, readSync, renameSync, statSync, writeSync} from 'node:fs';
import {hasCode} from '../problem.js';
import type {RotationLimits} from './log-limits.js';

export type Appended = {
	/** How many of the lines are in the log, from the first. */
	written: number;
	/** The bytes of the log afterwards. */
	size: number;
	/** Why the others are not. */
	error?: Error;
};

export type AppendOptions = {
	/** Whether the lines must survive a power cut. */
	durable: boolean;
	/** Whether the log may end within a line, because a process was killed or the power failed. */
	mayBeTorn: boolean;
};

const lineFeed = 10;

/** Appends lines to a log, which is made with mode 0600. Throws the system's error when it cannot be opened. */
export function appendLines(file: string, lines: readonly string[], options: AppendOptions): Appended {
	const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
	for (;;) {
		const descriptor = openSync(file, 'a+', 0o600);
		try {
			const appended = append(descriptor, bytes, lines.length, options);
			if (fstatSync(descriptor).nlink > 0) {
				return appended;
			}
		} finally {
			closeSync(descriptor);
		}
	} // The file was removed since it was opened: as the oldest of a rotation, or by somebody.
}

function append(descriptor: number, bytes: Buffer, lines: number, {durable, mayBeTorn}: AppendOptions): Appended {
	try {
		if (mayBeTorn && endsInLine(descriptor)) {
			writeSync(descriptor, '\n');
		}

		const count = writeSync(descriptor, bytes);
		if (count < bytes.length) {
			return partly(descriptor, bytes.subarray(0, count));
		}

		if (durable) {
			fdatasyncSync(descriptor);
		}

		return {written: lines, size: fstatSync(descriptor).size};
	} catch (error) {
		return {written: 0, size: 0, error: error instanceof Error ? error : new Error(String(error))};
	}
}

/** The disk became full within a line. What there is of that line becomes an empty object, or else it would swallow the next line. */
function partly(descriptor: number, found: Buffer): Appended {
	const whole = found.lastIndexOf(lineFeed) + 1;
	const fragment = found.length - whole;
	if (fragment > 0) {
		overwrite(descriptor, fragment);
	}

	const written = found.subarray(0, whole).reduce((count, byte) => count + (byte === lineFeed ? 1 : 0), 0);
	return {written, size: 0, error: Object.assign(new Error('The disk is full'), {code: 'ENOSPC'})};
}

/** Overwrites what this descriptor wrote last. Another process may have appended since then, so the file cannot be truncated. */
function overwrite(descriptor: number, length: number): void {
	const [, end = ''] = /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1')) ?? [];
	const filler = (length > 2 ? '{}' : '').padEnd(length - 1);
	const writable = openSync(`/proc/self/fd/${descriptor}`, 'r+'); // With O_APPEND, Linux appends wherever one wants to write.
	try {
		writeSync(writable, `${filler}\n`, Number(end) - length);
	} finally {
		closeSync(writable);
	}
}

/** Whether the last byte is not a line feed. Another process may be writing right now, so it is looked at more than once. */
function endsInLine(descriptor: number): boolean {
	const last = Buffer.alloc(1, lineFeed);
	for (let look = 0; look < 100; look++) {
		const {size} = fstatSync(descriptor);
		if (size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === lineFeed)) {
			return false;
		}
	}

	return true;
}

/**
 * Renames `file` to `file.1`, `file.1` to `file.2` and so on, when it has reached its size; the oldest is replaced. Does nothing
 * while another process has the lock. Rejects with the system's error.
 */
export async function rotate(
	file: string,
	{maxBytes, maxFiles}: RotationLimits,
	takeLock: () => Promise<AsyncDisposable | undefined>,
): Promise<void> {
	await using lock = await takeLock();
	if (!lock || statSync(file).size < maxBytes) {
		return;
	}

	shift(file, maxFiles);
	renameSync(file, `${file}.1`);
	closeSync(openSync(file, 'a', 0o600));
}

/** Makes room for `file.1`: renames `file.1` to `file.2` and so on, over the oldest. Throws the system's error. */
export function shift(file: string, maxFiles: number): void {
	for (let number = maxFiles - 1; number > 1; number--) {
		renameIfPresent(`${file}.${number - 1}`, `${file}.${number}`);
	}
}

function renameIfPresent(from: string, to: string): void {
	try {
		renameSync(from, to);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) {
			throw error;
		}
	}
}
