import {appendFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {hasCode, Problem, messageOf} from '../problem.js';
import type {Layout} from './layout.js';

/** One event of the audit log. Values are names, sizes, fingerprints and outcomes; never a secret. */
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
			'Fix that first: nothing is changed without a log entry.',
			{cause: error},
		);
	}
}

/**
 * Creates the folder only after an append has failed, and writes synchronously: an SFTP client that copies thousands of files
 * waits for thousands of these lines.
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
