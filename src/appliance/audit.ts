import {appendFile, mkdir} from 'node:fs/promises';
import path from 'node:path';
import type {Layout} from './layout.js';

/** One thing that mattered. Values are names, sizes, fingerprints and outcomes; never a secret. */
export type AuditEvent = {
	event: string;
	user?: string;
	from?: string;
	[detail: string]: string | number | boolean | string[] | undefined;
};

/** Appends one line of JSON to the audit log (mode 0600). Rejects with the system's error when it cannot be written. */
export async function audit(layout: Layout, event: AuditEvent): Promise<void> {
	await mkdir(path.dirname(layout.audit), {recursive: true, mode: 0o700});
	await appendFile(layout.audit, `${JSON.stringify({time: new Date().toISOString(), ...event})}\n`, {mode: 0o600});
}
