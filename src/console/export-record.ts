import {audit} from '../appliance/audit.js';
import type {ChangeRecord} from '../appliance/change-records.js';
import {leaveInOutgoing} from '../appliance/outgoing.js';
import {recordRows} from './describe-record.js';
import type {ConsoleSession} from './environment.js';

/** Copies a record to /outgoing, as JSON and as text for a change ticket. Resolves with the names there. Rejects as leaveInOutgoing(). */
export async function exportRecord({layout, identity, user, from}: ConsoleSession, record: ChangeRecord): Promise<string[]> {
	await audit(layout, {event: 'change-exported', user: user.name, from, change: record.id});
	const name = `${identity.name}-${record.id}-change`;
	return [
		await leaveInOutgoing(layout, `${name}.txt`, textOf(identity.name, record)),
		await leaveInOutgoing(layout, `${name}.json`, `${JSON.stringify(record, undefined, '\t')}\n`),
	];
}

function textOf(appliance: string, record: ChangeRecord): string {
	const rows = [['Appliance', appliance] as const, ...recordRows(record)];
	const width = Math.max(...rows.map(([label]) => label.length)) + 2;
	const lines = rows.flatMap(([label, value]) => value.split('\n').map((line, index) => (index === 0 ? label : '').padEnd(width) + line));
	return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}
