import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {layoutOf, type Layout} from '../appliance/layout.js';
import {formatRows} from '../format-rows.js';
import {Problem} from '../problem.js';

/** Takes the words after the command's name and resolves with an exit code. Rejects with UsageError and other Problems. */
export type Command = (words: string[]) => Promise<number>;

/** The command line is wrong. Where the error is printed, the help to read is added. */
export class UsageError extends Problem {
	constructor(message: string, hint = '') {
		super('usage', message, hint);
	}
}

/** The appliance in `--root`, TANOS_ROOT or a folder under XDG_STATE_HOME, in this order. Throws UsageError for an empty `--root`. */
export function layoutFor(root: string | undefined): Layout {
	if (root === '') {
		throw new UsageError('--root is empty. Name the folder of the appliance: --root DIR');
	}

	const state = process.env['XDG_STATE_HOME'] || path.join(os.homedir(), '.local', 'state');
	return layoutOf(root ?? (process.env['TANOS_ROOT'] || path.join(state, 'tanos')));
}

/** Prints lines to standard output. */
export function print(...lines: string[]): void {
	process.stdout.write(lines.map(line => `${line}\n`).join(''));
}

/** Prints labels and values in two columns, as TanOS prints a report. */
export function printRows(rows: ReadonlyArray<readonly [label: string, value: string]>): void {
	print(...formatRows(rows));
}

/** The time that `--at` names, or now. Throws UsageError for what is not a time. */
export function momentOf(text: string | undefined): Date {
	const moment = text === undefined ? new Date() : new Date(text);
	if (Number.isNaN(moment.getTime()) || (text !== undefined && !/^\d{4}-\d\d-\d\d/.test(text))) {
		throw new UsageError(`--at ${text}: it must be a time such as 2026-12-31 or 2026-12-31T12:00:00Z.`);
	}

	return moment;
}

/** The number of an option, from 1 to `max`. Throws UsageError for anything else. */
export function wholeNumber(option: string, text: string, max: number): number {
	const number = Number(text);
	if (!/^\d+$/.test(text) || number < 1 || number > max) {
		throw new UsageError(`${option} ${text}: it must be a whole number from 1 to ${max}.`);
	}

	return number;
}

/** Prints one line for a step when it has ended. Settles as the work does. */
export async function printStep<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
	try {
		const result = await work();
		print(`done    ${title}`);
		return result;
	} catch (error) {
		print(`failed  ${title}`);
		throw error;
	}
}
