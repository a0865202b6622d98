import {audit, type AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';

/** Writes an event to the audit log. Rejects when it cannot be written: an action that cannot be audited is not done. */
export type Recorder = (event: AuditEvent) => Promise<void>;

/** Records events of one address. */
export function recorderFor(layout: Layout, from: string): Recorder {
	return event => audit(layout, {...event, from});
}
