// The process of a service. A pid alone is not enough, because pids are reused: a process is identified by its pid, its start
// time (in clock ticks since boot) and the boot id.
import {readdir, readFile, stat, unlink} from 'node:fs/promises';
import os from 'node:os';
import process from 'node:process';
import * as v from 'valibot';
import {replaceFile} from '../appliance/atomic-file.js';
import {bootId} from '../appliance/boot-id.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {hasCode} from '../problem.js';

/** A running process. */
export type Running = {pid: number; /** Field 22 of /proc/PID/stat. */ ticks: string; /** When it was started. */ since: Date};

/** Clock ticks in a second (USER_HZ), which is 100 on every architecture that Node.js runs on. */
const ticksPerSecond = 100;

const recordSchema = v.object({
	pid: v.number(),
	/** Field 22 of /proc/PID/stat. */
	ticks: v.string(),
	boot: v.string(),
	since: v.string(),
});
type Recorded = v.InferOutput<typeof recordSchema>;

/** The process that the file names, if that same process is still running; also undefined for a missing or damaged file. */
export async function runningIn(file: string): Promise<Running | undefined> {
	const recorded = await read(file);
	if (!recorded || recorded.boot !== (await bootId()) || recorded.ticks !== (await startTicks(recorded.pid))) {
		return undefined;
	}

	return {pid: recorded.pid, ticks: recorded.ticks, since: new Date(recorded.since)};
}

/** Whether this same process is still running. */
export async function isRunning({pid, ticks}: Running): Promise<boolean> {
	return (await startTicks(pid)) === ticks;
}

/**
 * A process of this user that was started with exactly these arguments, the program's path first; for a service whose pid file
 * is lost or could not be written.
 */
export async function findRunning(argv: readonly string[]): Promise<Running | undefined> {
	const commandLine = `${argv.join('\0')}\0`;
	for (const name of await readdir('/proc')) {
		const pid = Number(name);
		if (Number.isInteger(pid) && (await commandLineOf(pid)) === commandLine) {
			const ticks = await startTicks(pid);
			if (ticks !== undefined) {
				return {pid, ticks, since: new Date(Date.now() - (os.uptime() - Number(ticks) / ticksPerSecond) * 1000)};
			}
		}
	}

	return undefined;
}

/** The arguments of a process of this user, each ended by NUL; undefined for any other process. */
async function commandLineOf(pid: number): Promise<string | undefined> {
	try {
		const {uid} = await stat(`/proc/${pid}`);
		return uid === process.getuid?.() ? await readFile(`/proc/${pid}/cmdline`, 'utf8') : undefined;
	} catch {
		return undefined; // It has ended.
	}
}

/** Records a process that was just started. Writes nothing when it has already ended. */
export async function recordRunning(file: string, pid: number): Promise<void> {
	const ticks = await startTicks(pid);
	if (ticks !== undefined) {
		const recorded: Recorded = {pid, ticks, boot: await bootId(), since: new Date().toISOString()};
		await replaceFile(file, formatStored(recorded), 0o600);
	}
}

/** Replaces the file by a copy, or creates and removes it, to check that it can be written. Rejects with the system's error. */
export async function rewriteRecord(file: string): Promise<void> {
	const present = await ifPresent(async () => readFile(file));
	await replaceFile(file, present ?? '', 0o600);
	if (present === undefined) {
		await unlink(file);
	}
}

async function read(file: string): Promise<Recorded | undefined> {
	try {
		const text = await ifPresent(async () => readFile(file, 'utf8'));
		return text === undefined ? undefined : parseStored(text, recordSchema);
	} catch {
		return undefined;
	}
}

/**
 * When this process started; undefined when there is none, or only a zombie, which has ended but has not been waited for. The
 * fields are counted after the last parenthesis, because a command's name may contain any character.
 */
async function startTicks(pid: number): Promise<string | undefined> {
	try {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[22 - 3];
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ESRCH')) {
			return undefined;
		}

		throw error;
	}
}
