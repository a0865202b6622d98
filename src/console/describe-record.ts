// A change record in words, for the console, the command line and the report in /outgoing.
import type {ChangeKind, ChangeRecord, RecordedCertificate} from '../appliance/change-records.js';
import {formatMoment} from '../appliance/stamp.js';
import type {LabelledRow} from '../certificates/describe/rows.js';

const kinds: Record<ChangeKind, string> = {installation: 'Installation', restore: 'Restore', registration: 'Registration'};

const outcomes: Record<string, string> = {
	installed: 'installed',
	refused: 'refused',
	stale: 'refused, because somebody else had changed the pair',
	'rolled-back': 'rolled back',
	'needs-hands': 'needs manual intervention',
	registered: 'registered',
	failed: 'failed',
};

/** Who it was, and from which address: `tanadmin from 192.0.2.1`. */
export function whoOf({user, from}: Pick<ChangeRecord, 'user' | 'from'>): string {
	return ['', 'console', 'local'].includes(from) ? user : `${user} from ${from}`;
}

/** What it was and how it ended in a few words, such as `Restore: rolled back`. */
function summaryOf({kind, target, outcome, recovered}: ChangeRecord): string {
	return `${kinds[kind]}${target === 'ssl' ? ' of ssl.crt' : ''}: ${outcomes[outcome] ?? outcome}${recovered ? ' by recovery' : ''}`;
}

/** The cells of a record in a list: when, what, who, and the new certificate's end. */
export function recordCells(record: ChangeRecord): string[] {
	return [record.id, summaryOf(record), whoOf(record), record.new?.notAfter?.slice(0, 10) ?? '-'];
}

/** The whole record, without the rows that have nothing to say. */
export function recordRows(record: ChangeRecord): LabelledRow[] {
	const {id, began, ended, told, old, steps, backup} = record;
	const rows: LabelledRow[] = [
		['Change', id],
		['What', summaryOf(record)],
		['By', whoOf(record)],
		['Began', formatMoment(began)],
		['Ended', formatMoment(ended)],
		['Outage', formatOutage(record)],
		['Before', describeCertificate(old)],
		['After', describeCertificate(record.new)],
		['Backup', backup.join('\n')],
		['Said', told.join('\n')],
		[
			'Steps',
			steps.map(({title, milliseconds, failed}) => `${title}: ${milliseconds} ms${failed ? ', failed' : ''}`).join('\n') || '(none)',
		],
		['Connections', formatConnections(record)],
	];
	return rows.filter(([, value]) => value !== '');
}

function formatOutage({outageMilliseconds}: ChangeRecord): string {
	return outageMilliseconds === null ? 'not measured' : outageMilliseconds === 0 ? 'none' : `${outageMilliseconds} ms`;
}

function describeCertificate(certificate: RecordedCertificate | null): string {
	if (!certificate) {
		return '';
	}

	const {subject, serial, notAfter, fingerprint} = certificate;
	const known = subject === undefined ? [] : [`${subject}, valid to ${notAfter?.slice(0, 10)}`, `serial ${serial}`];
	return [...known, fingerprint.replace(/^((?:[\dA-F]{2}:){16})/, '$1\n')].join('\n');
}

/** One line for each connection: before and after. */
function formatConnections({connections: {before, after}}: ChangeRecord): string {
	const word = (ok: boolean | undefined) => (ok === undefined ? '-' : ok ? 'ok' : 'FAIL');
	return after
		.map(({number, from, to, ok, result}) => {
			const was = before.find(other => other.number === number)?.ok;
			return `${number}  ${from} -> ${to}: ${word(was)}, then ${word(ok)}${ok ? '' : ` (${result})`}`;
		})
		.join('\n');
}
