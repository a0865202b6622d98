import {auditLimited, auditOfUser, type AuditEvent} from '../appliance/audit.js';
import type {Layout} from '../appliance/layout.js';

/** Logs events of one address, or keeps them until they can be logged. Never rejects. */
export type Recorder = {
	/** A sign-in, or what a user has done, bounded in rate for each user. */
	record: (event: AuditEvent & {user: string}) => Promise<void>;
	/** What anybody on the network can cause, bounded in rate. */
	recordLimited: (event: AuditEvent) => Promise<void>;
};

/** Records events of one address. */
export function recorderFor(layout: Layout, from: string): Recorder {
	return {
		async record(event) {
			await auditOfUser(layout, {...event, from});
		},
		recordLimited: async event => auditLimited(layout, {...event, from}),
	};
}
