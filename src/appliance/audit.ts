// The audit log. What changes something is logged first, or is not done: `audit`. What only looks is never held up by a log that
// cannot be written: `auditOrKeep` keeps the event in memory, and it is logged later, with its own time.
import {messageOf} from '../problem.js';
import {AuditLog} from './audit-log.js';
import type {AuditEvent} from './audit-line.js';
import type {Layout} from './layout.js';

export type {AuditEvent} from './audit-line.js';

/**
 * Logs an event before what it announces is done. When it resolves, the event is on the disk, behind all that was kept before it,
 * and there is space for what follows. Rejects with Problem `audit-unwritable`: then nothing may be changed.
 */
export async function audit(layout: Layout, event: AuditEvent): Promise<void> {
	await AuditLog.of(layout).write(event);
}

/**
 * Logs an event, or keeps it in the memory of this process until it can be logged. Never rejects. Resolves with whether it is in
 * the log. For what only looks, and for what cannot be stopped any more, such as the end of an installation.
 */
export async function auditOrKeep(layout: Layout, event: AuditEvent): Promise<boolean> {
	return AuditLog.of(layout).writeOrKeep(event);
}

/**
 * As `auditOrKeep`, for what anybody on the network can cause: bounded in rate, for each address and in all. What is beyond that is
 * counted, and one event says how many there were.
 */
export async function auditLimited(layout: Layout, event: AuditEvent): Promise<void> {
	await AuditLog.of(layout).writeLimited(event);
}

/**
 * As `auditOrKeep`, for what users do who have signed in and that may be done any number of times, such as uploads: bounded in rate, for
 * each user and kind of event. What is beyond that is counted, and one event says how many there were.
 */
export async function auditOfUser(layout: Layout, event: AuditEvent & {user: string}): Promise<void> {
	await AuditLog.of(layout).writeOfUser(event);
}

/**
 * Has each line that this process logs also given to `copy`, behind the lines before it: when it is in the log, or when it has to be kept.
 * A change that is refused because it cannot be logged is not copied.
 */
export function copyAudit(layout: Layout, copy: (line: string) => void): void {
	AuditLog.of(layout).copyTo(copy);
}

/** Logs an event, then makes the change that it announces. When that fails, the event is logged again with its `result`. */
export async function auditChange<Result>(layout: Layout, event: AuditEvent, change: () => Promise<Result>): Promise<Result> {
	await audit(layout, event);
	try {
		return await change();
	} catch (error) {
		await auditOrKeep(layout, {...event, result: `failed: ${messageOf(error)}`});
		throw error;
	}
}

/** Rejects with Problem `audit-unwritable` when nothing may be changed, because the log cannot be written now. */
export async function assertAuditable(layout: Layout): Promise<void> {
	AuditLog.of(layout).assertWritable();
}

/** One sentence for whoever is signed in while the log cannot be written; undefined when it can. Never rejects. */
export async function auditWarning(layout: Layout): Promise<string | undefined> {
	try {
		await assertAuditable(layout);
		return undefined;
	} catch (error) {
		return `${messageOf(error)} You can look at everything. Changes are refused until the log can be written.`;
	}
}

/** Logs what was kept and counted, if that is possible now. For the end of a server. */
export function flushAudit(layout: Layout): void {
	AuditLog.of(layout).flush();
}
