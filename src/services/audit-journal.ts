// The audit log in the journal of systemd: an entry for each event, with a field for each value. docs/monitoring.md describes the fields.
// Node has no datagram sockets of the local kind, which the journal's protocol needs; logger(1), of util-linux, speaks it.
import {createHash} from 'node:crypto';
import {execaSync} from 'execa';
import type {AuditEvent} from '../appliance/audit.js';
import {sanitise} from '../sanitise.js';
import {hostProgram} from './host-program.js';

/** Longer than a journal that works needs, in milliseconds. A change waits for it. */
const timeoutMs = 1000;

/** Writes a line of the audit log to the journal. Never throws: without a journal, the event is in the log alone. */
export function writeToJournal(line: string): void {
	const {env, extendEnv} = hostProgram;
	execaSync('logger', ['--journald'], {env, extendEnv, reject: false, timeout: timeoutMs, input: `${entryOf(line).join('\n')}\n`});
}

/** The fields of the entry for a line of the audit log. No value has a line end, after which logger(1) would read another field. */
export function entryOf(line: string): string[] {
	const {event, ...values} = JSON.parse(line) as AuditEvent;
	return [
		`MESSAGE=${line}`,
		`MESSAGE_ID=${messageIdOf(event)}`,
		`PRIORITY=${priorityOf(event, values)}`,
		'SYSLOG_FACILITY=10', // authpriv: who did what is not for everybody.
		'SYSLOG_IDENTIFIER=tanos',
		...Object.entries({event, ...values}).flatMap(([name, value]) =>
			[value ?? []].flat().map(one => `${fieldNameOf(name)}=${sanitise(String(one))}`),
		),
	];
}

/** `TANOS_HOST_KEY` for `hostKey`. The target of a host is called `host` in the audit log. */
function fieldNameOf(name: string): string {
	const words = name === 'host' ? 'target' : name.replaceAll(/[A-Z]/g, '_$&');
	return `TANOS_${words.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
}

const namespace = '3fed9462-f284-4bcb-bca2-e4b47405f9f3';

/** A UUID of version 5 (RFC 9562, section 5.5) as journald has it: without hyphens. */
function messageIdOf(event: string): string {
	const hash = createHash('sha1')
		.update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
		.update(event)
		.digest()
		.subarray(0, 16);
	hash[6] = (hash[6]! & 0x0f) | 0x50;
	hash[8] = (hash[8]! & 0x3f) | 0x80;
	return hash.toString('hex');
}

/** As syslog(3) has it. */
const priorities = {error: 3, warning: 4, notice: 5};

/** Errors are what needs a person, warnings what did not come about. */
function priorityOf(event: string, {outcome, result}: Omit<AuditEvent, 'event'>): number {
	if (outcome === 'needs-hands' || event === 'crash') {
		return priorities.error;
	}

	const hasFailed = /-(?:refused|failed|locked|not-logged)$/.test(event) || String(result).startsWith('failed');
	return hasFailed || (outcome !== undefined && outcome !== 'installed') ? priorities.warning : priorities.notice;
}
