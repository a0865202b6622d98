// Ends every process that belongs to a benchmark. Some leave its process group on purpose (the services of an appliance, programs on
// a pseudo-terminal), but each of them names the benchmark's folder in its arguments or its environment.
import {readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {execa} from 'execa';

/** How long to wait for killed processes to end, in milliseconds. */
const timeoutMs = 10_000;

/** The prefix of the names of benchmarks' folders. */
export const folderPrefix = 'tanos-bench-';

/** Kills all processes that name the folder, then removes it. Rejects when a process does not end. */
export async function removeFolder(folder: string): Promise<void> {
	await endProcessesOf(folder);
	await unmountBelow(folder);
	await rm(folder, {recursive: true, force: true});
}

/** Unmounts what a benchmark has mounted in its folder, the last mount first. Nothing that is mounted may be removed with it. */
async function unmountBelow(folder: string): Promise<void> {
	const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
	const points = lines.map(line => line.split(' ')[1] ?? '').filter(point => point.startsWith(`${folder}/`));
	for (const point of points.toReversed()) {
		await execa('umount', [point]);
	}
}

/** Kills all processes that name the folder, and resolves when none is left. Rejects when one does not end. */
async function endProcessesOf(folder: string): Promise<void> {
	assertFolder(folder);
	const deadline = performance.now() + timeoutMs;
	for (;;) {
		const pids = await processesOf(folder);
		if (pids.length === 0) {
			return;
		}

		if (performance.now() > deadline) {
			throw new Error(`Processes of a benchmark do not end: ${pids.join(', ')}. See: ps -o pid,stat,args -p ${pids.join(',')}`);
		}

		for (const pid of pids) {
			killIfThere(pid);
		}

		await delay(10);
	}
}

/** Any other text could occur in the arguments of unrelated processes. */
function assertFolder(folder: string): void {
	if (!path.isAbsolute(folder) || !path.basename(folder).startsWith(folderPrefix)) {
		throw new TypeError(`${JSON.stringify(folder)} is not the folder of a benchmark`);
	}
}

/** Kills a process, or with a negative number a process group. Does nothing when it is gone. */
export function killIfThere(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
			throw error;
		}
	}
}

/** The processes that name the folder, except this one. Another user's processes cannot be read, and are never ours. */
async function processesOf(folder: string): Promise<number[]> {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
	const isOurs = await Promise.all(
		pids.map(async pid => {
			const texts = await Promise.all(['cmdline', 'environ'].map(async name => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '')));
			return texts.some(text => text.includes(folder));
		}),
	);
	return pids.filter((_, index) => isOurs[index]).map(Number);
}
