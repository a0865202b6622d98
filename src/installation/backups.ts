// The pairs from before each installation in var/lib/tanos/backups, and the files that belong to them in /outgoing.
import {readdir} from 'node:fs/promises';
import type {Layout} from '../appliance/layout.js';
import {stamp} from '../appliance/stamp.js';
import {ifPresent} from '../if-present.js';

const idPattern = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-([1-9]\d*))?$/;

/** When the installation with this id began; undefined for what is no id of an installation, such as `20261123-224800`. */
export function dateOfId(id: string): Date | undefined {
	const [, year, month, day, hour, minute, second] = idPattern.exec(id) ?? [];
	const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	const isReal = !Number.isNaN(date.getTime()) && id.startsWith(stamp(date));
	return isReal ? date : undefined;
}

/** The ids of all backups, the newest first. Other files and folders are left out. */
export async function backupIds({backups}: Layout): Promise<string[]> {
	const found = (await ifPresent(async () => readdir(backups, {withFileTypes: true}))) ?? [];
	return found
		.filter(entry => entry.isDirectory() && dateOfId(entry.name) !== undefined)
		.map(({name}) => name)
		.toSorted((one, other) => orderOf(other) - orderOf(one));
}

/** Two that began in one second are told apart by the number behind it. */
function orderOf(id: string): number {
	const [, , , , , , , number = '1'] = idPattern.exec(id) ?? [];
	return dateOfId(id)!.getTime() + Math.min(Number(number), 999);
}

/** Whether a file in /outgoing belongs to this backup of the appliance with this name. */
export function isOfBackup(file: string, name: string, id: string): boolean {
	const start = `${name}-${id}-`;
	return file.startsWith(start) && /^SOAPServer\.(?:crt|key(?:(?:-\d+)?\.p7m)?)$/.test(file.slice(start.length));
}
