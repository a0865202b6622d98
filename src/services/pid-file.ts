// The process of a service. A pid alone is not enough, because pids are reused: a process is identified by its pid, its start
// time (in clock ticks since boot) and the boot id.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {replaceFile} from '../appliance/atomic-file.js';
import {bootId} from '../appliance/boot-id.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {ifPresent} from '../if-present.js';
import {hasCode} from '../problem.js';

/** A running process. */
export type Running = {pid: number; /** When it was started. */ since: Date};

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

	return {pid: recorded.pid, since: new Date(recorded.since)};
}

/** Records a process that was just started. Writes nothing when it has already ended. */
export async function recordRunning(file: string, pid: number): Promise<void> {
	const ticks = await startTicks(pid);
	if (ticks !== undefined) {
		const recorded: Recorded = {pid, ticks, boot: await bootId(), since: new Date().toISOString()};
		await replaceFile(file, formatStored(recorded), 0o600);
	}
}

async function read(file: string): Promise<Recorded | undefined> {
	const text = await ifPresent(async () => readFile(file, 'utf8'));
	try {
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
