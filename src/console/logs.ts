// The logs that can be read where there is no shell.
import {followLog, type Follow} from '../appliance/log-follow.js';
import {lastLines} from '../appliance/log-tail.js';
import {serviceLog} from '../services/processes.js';
import {followUnitLog, lastUnitLines} from '../services/unit-log.js';
import type {ConsoleSession} from './environment.js';

/** A log, by the name that people give. */
export type Log = {
	name: string;
	/** The last lines that hold a text, in upper or lower case, fit for display. */
	lines(count: number, text?: string): Promise<string[]>;
	/** Passes its end on, and what is logged from then on, until a signal. */
	follow(how: Follow): Promise<void>;
};

/** The name of the audit log. */
export const auditLog = 'audit';

/** The logs of an appliance: its services, and `audit`. Of a Linux host: the units of its targets, and `audit`. */
export async function logsOf({layout, services, targets}: ConsoleSession): Promise<Log[]> {
	const units = new Set((await targets?.())?.map(({service}) => service));
	return [
		...services.names.map(name => inFile(name, serviceLog(name, layout))),
		...[...units].map(inJournal),
		inFile(auditLog, layout.audit),
	];
}

function inFile(name: string, file: string): Log {
	return {name, lines: async (count, text = '') => lastLines(file, count, {text}), follow: async how => followLog(file, how)};
}

function inJournal(unit: string): Log {
	return {name: unit, lines: async (count, text) => lastUnitLines(unit, count, text), follow: async how => followUnitLog(unit, how)};
}

/** A line as a person reads it: of the audit log the time, the event and its fields instead of JSON. */
export function readableLine(name: string, line: string): string {
	const {time, event, ...fields} = name === auditLog ? fieldsIn(line) : {};
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
