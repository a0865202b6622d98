// Standard output as the log of a background program. The program is the only one that writes there, and it writes synchronously. So
// it can copy the log and empty it without losing a line, and what Node prints when it crashes still goes to the current file.
import {chmodSync, copyFileSync, fstatSync, ftruncateSync, readlinkSync, renameSync, rmSync, type Stats, writeSync} from 'node:fs';
import {sanitise} from '../sanitise.js';
import {isInBackground} from './background.js';
import {shift} from './log-file.js';
import {maxStackLength, serviceLogRotation, type RotationLimits} from './log-limits.js';

const standardOutput = 1;

/** How much a log that cannot be rotated grows before that is tried again, in bytes. */
const growthBytes = 1024 * 1024;

let lost = 0;
let endsInLine = false;
let rotatesAt = 0;

/**
 * Writes one line with its time, bounded in length and without anything that steers a terminal. A line for which there is no space is
 * counted, and the next one that can be written says how many there were. Never throws.
 */
export function logLine(line: string): void {
	const text = sanitise(
		line
			.replaceAll(/[\s\p{Cc}]+/gu, ' ')
			.trim()
			.slice(0, maxStackLength),
	);
	const time = new Date().toISOString();
	const before = lost === 0 ? '' : `${time} Lines that could not be logged: ${lost}\n`;
	const bytes = Buffer.from(`${endsInLine ? '\n' : ''}${before}${time} ${text}\n`);
	try {
		const count = writeSync(standardOutput, bytes);
		endsInLine = count < bytes.length;
		lost = endsInLine ? lost + 1 : 0;
	} catch {
		lost++;
	}

	rotateOutput();
}

/** Rotates the log when it has reached its size. Does nothing in the foreground. Never throws. */
export function rotateOutput(limits: RotationLimits = serviceLogRotation): void {
	if (!isInBackground()) {
		return;
	}

	const stats = fstatSync(standardOutput);
	if (!stats.isFile() || stats.nlink === 0 || stats.size < Math.max(limits.maxBytes, rotatesAt)) {
		return;
	}

	try {
		copyAndTruncate(readlinkSync(`/proc/self/fd/${standardOutput}`), stats, limits);
		rotatesAt = 0;
	} catch {
		rotatesAt = stats.size + growthBytes; // The disk may be full. The log stays whole.
	}
}

function copyAndTruncate(file: string, {mode}: Stats, limits: RotationLimits): void {
	const copy = `${file}.new`;
	try {
		copyFileSync(file, copy);
		chmodSync(copy, mode & 0o777);
		shift(file, limits.maxFiles);
		renameSync(copy, `${file}.1`);
	} catch (error) {
		rmSync(copy, {force: true});
		throw error;
	}

	ftruncateSync(standardOutput, 0);
}
