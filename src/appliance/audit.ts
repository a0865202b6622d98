import {appendFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {hasCode, Problem, messageOf} from '../problem.js';
import type {Layout} from './layout.js';

/** One thing that mattered. Values are names, sizes, fingerprints and outcomes; never a secret. */
export type AuditEvent = {
	event: string;
	user?: string;
	from?: string;
	[detail: string]: string | number | boolean | string[] | undefined;
};

/** Appends one line of JSON to the audit log (mode 0600). Rejects with Problem `audit-unwritable`. */
export async function audit(layout: Layout, event: AuditEvent): Promise<void> {
	try {
		append(layout.audit, `${JSON.stringify({time: new Date().toISOString(), ...event})}\n`);
	} catch (error) {
		throw new Problem(
			'audit-unwritable',
			`The audit log ${layout.audit} cannot be written. ${messageOf(error)}`,
			'Nothing goes on unlogged. Mend that first.',
			{cause: error},
		);
	}
}

/**
 * Makes the folder only when there is none, and takes no detour through another thread: a client that copies thousands of files
 * waits for as many lines.
 */
function append(file: string, line: string): void {
	try {
		appendFileSync(file, line, {mode: 0o600});
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) {
			throw error;
		}

		mkdirSync(path.dirname(file), {recursive: true, mode: 0o700});
		appendFileSync(file, line, {mode: 0o600});
	}
}
