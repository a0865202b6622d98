// The logs that can be read where there is no shell.
import type {Layout} from '../appliance/layout.js';
import {serviceLog} from '../services/processes.js';
import {serviceNames} from '../services/service.js';

/** The names of the logs: the services, and `audit`. */
export const logNames = [...serviceNames, 'audit'] as const;
export type LogName = (typeof logNames)[number];

/** The file of a log. */
export function logFile(name: LogName, layout: Layout): string {
	return name === 'audit' ? layout.audit : serviceLog(name, layout);
}
