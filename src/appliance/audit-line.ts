import {escapeJson} from '../sanitise.js';
import {maxListLength, maxStackLength, maxValueLength} from './log-limits.js';

/** One event of the audit log. Values are names, sizes, fingerprints and outcomes; never a secret. */
export type AuditEvent = {
	event: string;
	user?: string;
	from?: string;
	[detail: string]: string | number | boolean | string[] | undefined;
};

/** The event as one line of JSON, without its line feed: bounded in length, and nothing in it steers a terminal. */
export function auditLine(event: AuditEvent, time: Date): string {
	const bounded = Object.entries(event).map(([name, value]) => [name, boundedValue(name, value)]);
	return escapeJson(JSON.stringify({time: time.toISOString(), ...Object.fromEntries(bounded)}));
}

function boundedValue(name: string, value: AuditEvent[string]): AuditEvent[string] {
	if (Array.isArray(value)) {
		const shown = value.slice(0, maxListLength).map(entry => cut(entry, maxValueLength));
		return value.length > maxListLength ? [...shown, `[cut: ${value.length - maxListLength} more]`] : shown;
	}

	return typeof value === 'string' ? cut(value, name === 'stack' ? maxStackLength : maxValueLength) : value;
}

function cut(value: string, maxLength: number): string {
	return value.length > maxLength ? `${value.slice(0, maxLength)}[cut: ${value.length} characters]` : value;
}
