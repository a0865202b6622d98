import {readdir, readFile} from 'node:fs/promises';
import type {Site} from './site.js';

export type Sample = {descriptors: number; megabytes: number};

/** The open descriptors and the resident memory of the server; zeros while it is being restarted. */
export async function sampleServer(site: Site): Promise<Sample> {
	try {
		const pid = await site.serverPid();
		const status = await readFile(`/proc/${pid}/status`, 'utf8');
		const descriptors = (await readdir(`/proc/${pid}/fd`)).length;
		return {descriptors, megabytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024};
	} catch {
		return {descriptors: 0, megabytes: 0};
	}
}

export function describeSample({descriptors, megabytes}: Sample): string {
	return `${descriptors} descriptors, ${megabytes.toFixed(0)} MB`;
}
