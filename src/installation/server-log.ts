// What a server logged while its pair was replaced, for whoever has no shell to read its log.
import {Problem} from '../problem.js';
import type {Services} from '../services/service.js';
import type {Target} from './target.js';

/** How many lines are told, and how many characters of each. */
const maxLines = 5;
const maxLineLength = 240;

/** Failures whose reason may be in the log: it did not start, it ended, it does not answer. */
const codes = ['service-failed', 'service-died', 'no-answer'];

/**
 * The last lines that a server logged since its log ended there, fit for display. None when it was not the
 * server that failed. Never rejects.
 */
export async function linesAbout(failure: unknown, services: Services, {service}: Target, end: string): Promise<string[]> {
	if (!(failure instanceof Problem) || !codes.includes(failure.code)) {
		return [];
	}

	const lines = await services.logSince(service, end, maxLines);
	return lines.map(line => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)} ...` : line));
}
