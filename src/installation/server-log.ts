// What a server logged while its pair was replaced, for whoever has no shell to read its log.
import {stat} from 'node:fs/promises';
import {lastLines} from '../appliance/log-tail.js';
import type {Layout} from '../appliance/layout.js';
import {Problem} from '../problem.js';
import {serviceLog} from '../services/processes.js';
import type {ServiceName} from '../services/service.js';

/** How many lines are told, and how many characters of each. */
const maxLines = 5;
const maxLineLength = 240;

/** Failures whose reason may be in the log: it did not start, it ended, it does not answer. */
const codes = ['service-failed', 'service-died', 'no-answer'];

/** The length of the log before the start, in bytes; 0 when there is none. Never rejects. */
export async function lengthOfLog(layout: Layout, service: ServiceName): Promise<number> {
	try {
		return (await stat(serviceLog(service, layout))).size;
	} catch {
		return 0;
	}
}

/**
 * The last lines that a server logged since its log had this length, fit for display. None when it was not the
 * server that failed. Never rejects.
 */
export async function linesAbout(failure: unknown, layout: Layout, service: ServiceName, from: number): Promise<string[]> {
	if (!(failure instanceof Problem) || !codes.includes(failure.code)) {
		return [];
	}

	try {
		const lines = await lastLines(serviceLog(service, layout), maxLines, {from});
		return lines.map(line => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)} ...` : line));
	} catch {
		return [];
	}
}
