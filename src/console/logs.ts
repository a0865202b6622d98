// The logs that can be read where there is no shell.
import type {Layout} from '../appliance/layout.js';
import {serviceLog} from '../services/processes.js';
import type {ServiceName, Services} from '../services/service.js';

export type LogName = ServiceName | 'audit';

/** The names of an appliance's logs: its services, and `audit`. */
export function logNames({names}: Pick<Services, 'names'>): LogName[] {
	return [...names, 'audit'];
}

/** The file of a log. */
export function logFile(name: LogName, layout: Layout): string {
	return name === 'audit' ? layout.audit : serviceLog(name, layout);
}

/** A line as a person reads it: of the audit log the time, the event and its fields instead of JSON. */
export function readableLine(name: LogName, line: string): string {
	const {time, event, ...fields} = name === 'audit' ? fieldsIn(line) : {};
	if (typeof time !== 'string' || typeof event !== 'string') {
		return line;
	}

	const words = Object.entries(fields).map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
	return [time.slice(0, 19).replace('T', ' '), event, ...words].join('  ');
}

function fieldsIn(line: string): Record<string, unknown> {
	try {
		const fields: unknown = JSON.parse(line);
		return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
	} catch {
		return {}; // Such as a line that another program wrote.
	}
}
