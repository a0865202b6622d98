import {readFile} from 'node:fs/promises';

/** The id of this boot of the machine (random(4)): a process id of another boot means nothing now. */
export async function bootId(): Promise<string> {
	return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
