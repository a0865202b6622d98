// Which process a service is. A number alone is not enough, because numbers are used again: a process is known by its
// number, the moment it started (in clock ticks since the machine came up) and the boot it started in.
import {readFile} from 'node:fs/promises';
import {replaceFile} from '../appliance/atomic-file.js';
import {hasCode} from '../problem.js';

/** A process that runs now. */
export type Running = {pid: number; /** When it was started. */ since: Date};

type Recorded = {pid: number; /** Field 22 of /proc/PID/stat. */ ticks: string; boot: string; since: string};

/** The process that the file names, if that very process still runs. A missing or damaged file names none. */
export async function runningIn(file: string): Promise<Running | undefined> {
	const recorded = await read(file);
	if (!recorded || recorded.boot !== await bootId() || recorded.ticks !== await startTicks(recorded.pid)) {
		return undefined;
	}

	return {pid: recorded.pid, since: new Date(recorded.since)};
}

/** Records a process that was started just now. Writes nothing when it has ended already. */
export async function recordRunning(file: string, pid: number): Promise<void> {
	const ticks = await startTicks(pid);
	if (ticks !== undefined) {
		const recorded: Recorded = {pid, ticks, boot: await bootId(), since: new Date().toISOString()};
		await replaceFile(file, `${JSON.stringify(recorded)}\n`, 0o600);
	}
}

async function read(file: string): Promise<Recorded | undefined> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Recorded;
	} catch (error) {
		if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) {
			return undefined;
		}

		throw error;
	}
}

async function bootId(): Promise<string> {
	return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/**
 * When this process started, or undefined when there is none, or only a zombie: one that nobody has waited for yet does
 * nothing any more. The fields are counted after the last parenthesis, as a command's name may hold any character.
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
