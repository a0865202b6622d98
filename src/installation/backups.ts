// The pairs from before each installation in var/lib/tanos/backups, and the files that belong to them in /outgoing.
import {readdir, readFile, rm, unlink} from 'node:fs/promises';
import path from 'node:path';
import {syncFolder} from '../appliance/atomic-file.js';
import {describeFile} from '../appliance/certificate-file.js';
import {findRecord} from '../appliance/change-records.js';
import type {Layout} from '../appliance/layout.js';
import {stamp} from '../appliance/stamp.js';
import {uploadsIn} from '../appliance/uploads.js';
import type {CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {ifPresent} from '../if-present.js';
import {Problem} from '../problem.js';
import type {Site} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {savedFolder} from './pair-files.js';
import {pairIn, soap, targets, type Target} from './target.js';

const idPattern = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-([1-9]\d*))?$/;

/** When the installation with this id began; undefined for what is no id of an installation, such as `20261123-224800`. */
export function dateOfId(id: string): Date | undefined {
	const [, year, month, day, hour, minute, second] = idPattern.exec(id) ?? [];
	const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	const isReal = !Number.isNaN(date.getTime()) && id.startsWith(stamp(date));
	return isReal ? date : undefined;
}

/** The ids of all backups of a pair, by default the Tanium Server's, the newest first. Other files and folders are left out. */
export async function backupIds(layout: Layout, target: Target = soap): Promise<string[]> {
	const found = (await ifPresent(async () => readdir(layout.backups, {withFileTypes: true}))) ?? [];
	const ids = found.filter(entry => entry.isDirectory() && dateOfId(entry.name) !== undefined).map(({name}) => name);
	const isOwn = await Promise.all(ids.map(async id => isBackupOf(target, layout, id)));
	return ids.filter((_, index) => isOwn[index]).toSorted((one, other) => orderOf(other) - orderOf(one));
}

/** By the names of its files; one without any counts as the Tanium Server's. Those of a host all have the same names: by the record. */
async function isBackupOf(target: Target, layout: Layout, id: string): Promise<boolean> {
	if (target.host) {
		return (await findRecord(layout, id))?.host === target.name;
	}

	const names = (await ifPresent(async () => readdir(savedFolder(layout, {id})))) ?? [];
	return (targets.find(({fileNames}) => names.some(name => Object.values(fileNames).includes(name))) ?? soap) === target;
}

/** Two that began in one second are told apart by the number behind it. */
function orderOf(id: string): number {
	const [, , , , , , , number = '1'] = idPattern.exec(id) ?? [];
	return dateOfId(id)!.getTime() + Math.min(Number(number), 999);
}

/** Whether a file in /outgoing belongs to this backup of the appliance with this name. */
function isOfBackup(file: string, name: string, id: string): boolean {
	const start = `${name}-${id}-`;
	return file.startsWith(start) && /^(?:SOAPServer|ssl)\.(?:crt|key(?:(?:-\d+)?\.p7m)?)$/.test(file.slice(start.length));
}

/** The pair of a backup. Rejects with Problem `no-backup` when there is no such backup, or one of its files is missing. */
export async function readBackup(layout: Layout, id: string, target: Target = soap): Promise<PairBytes> {
	const files = pairIn(savedFolder(layout, {id}), target);
	try {
		if (dateOfId(id) === undefined) {
			throw new TypeError('not an id');
		}

		return {certificate: await readFile(files.certificate), key: await readFile(files.key)};
	} catch (error) {
		throw new Problem('no-backup', `There is no whole backup ${id}.`, `See: ${target.word} backups`, {cause: error});
	}
}

/** The certificate of a backup in words; undefined when it cannot be read. */
export async function certificateOfBackup(
	layout: Layout,
	id: string,
	target: Target,
	at: Date,
): Promise<CertificateDescription | undefined> {
	return describeFile(pairIn(savedFolder(layout, {id}), target).certificate, at);
}

/** Removes a backup. Its files in /outgoing go first: while the folder is there, it can be removed again. */
export async function removeSavedBackup({layout, identity}: Site, id: string): Promise<void> {
	for (const file of (await uploadsIn(layout.outgoing)).filter(name => isOfBackup(name, identity.name, id))) {
		await ifPresent(async () => unlink(path.join(layout.outgoing, file)));
	}

	await syncFolder(layout.outgoing);
	await rm(savedFolder(layout, {id}), {recursive: true});
	await syncFolder(layout.backups);
}
