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
