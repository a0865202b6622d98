import {audit, type AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';

/** Writes one line to the audit log. Rejects when it cannot: what must be recorded then does not happen. */
export type Recorder = (event: AuditEvent) => Promise<void>;

/** Records what one address does. */
export function recorderFor(layout: Layout, from: string): Recorder {
	return event => audit(layout, {...event, from});
}
