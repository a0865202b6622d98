// The log of a unit in systemd's journal, as journalctl(1) prints it, with times in UTC.
import {readFile} from 'node:fs/promises';
import {execa} from 'execa';
import type {Follow} from '../appliance/log-follow.js';
import {fitLines} from '../appliance/log-tail.js';
import {systemdProgram} from './systemctl.js';

const options = {...systemdProgram, stderr: 'ignore', encoding: 'buffer'} as const;

/** How many lines, from the end, are looked through for a text. */
const searchedLines = 10_000;

function words(unit: string, count: number): string[] {
	return [`--unit=${unit}`, `--lines=${count}`, '--output=short-iso', '--utc', '--no-hostname', '--no-pager', '--quiet'];
}

/** The last lines of a unit's log that hold a text, in upper or lower case, fit for display; none when there is no such unit. */
export async function lastUnitLines(unit: string, count: number, text = ''): Promise<string[]> {
	const {stdout} = await execa('journalctl', words(unit, text === '' ? count : searchedLines), {...options, timeout: 30_000});
	return fitLines(Buffer.from(stdout), text).slice(-count);
}

/** Passes the end of a unit's log on, and what is logged from then on, until the signal. */
export async function followUnitLog(unit: string, {count, text = '', add, signal}: Follow): Promise<void> {
	// By itself --follow shows the current boot only. In a container with an identifier of its own for the boot (systemd-nspawn), a unit with
	// ProtectProc= sees another one.
	const machine = (await readFile('/etc/machine-id', 'utf8')).trim();
	const journal = execa('journalctl', ['--follow', '--merge', ...words(unit, count), `_MACHINE_ID=${machine}`], {
		...options,
		buffer: false,
	});
	const end = () => journal.kill();
	signal.addEventListener('abort', end);
	try {
		let rest = Buffer.alloc(0);
		for await (const part of journal.stdout) {
			const all = Buffer.concat([rest, part as Buffer]);
			const whole = all.lastIndexOf('\n') + 1;
			rest = all.subarray(whole);
			const lines = fitLines(all.subarray(0, whole), text);
			if (lines.length > 0 && !signal.aborted) {
				await add(lines);
			}
		}

		await journal;
	} finally {
		signal.removeEventListener('abort', end);
		end();
	}
}
