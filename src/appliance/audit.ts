import {appendFile, mkdir} from 'node:fs/promises';
import path from 'node:path';
import {Problem, wordsOf} from '../problem.js';
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
		await mkdir(path.dirname(layout.audit), {recursive: true, mode: 0o700});
		await appendFile(layout.audit, `${JSON.stringify({time: new Date().toISOString(), ...event})}\n`, {mode: 0o600});
	} catch (error) {
		throw new Problem('audit-unwritable', `The audit log ${layout.audit} cannot be written. ${wordsOf(error)}`, 'Nothing goes on unlogged. Mend that first.', {cause: error});
	}
}
