// What an administrator does with a backup: planning its restore, copying it to /outgoing, deleting it.
import path from 'node:path';
import {audit} from '../appliance/audit.js';
import {changeRecords, type ChangeRecord} from '../appliance/change-records.js';
import {createWholeFile, syncFolder} from '../appliance/atomic-file.js';
import {assertSharedFolder} from '../appliance/links.js';
import {lockInstallation} from '../appliance/lock.js';
import {readUpload, zeroizeUpload} from '../appliance/uploads.js';
import type {By} from '../appliance/by.js';
import type {CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {hasCode, Problem} from '../problem.js';
import {backupIds, certificateOfBackup, readBackup, removeSavedBackup} from './backups.js';
import {digestOf, readInstalled, type Site} from './change.js';
import {planInstallation, type NewPlan, type Plan} from './install.js';
import {assertNoJournal} from './journal.js';
import {outgoingCopy} from './outgoing-keys.js';
import {pairFault} from './pair-fault.js';
import {backupNames, modes, partsOf, zeroize} from './pair-files.js';
import {soap, type Target} from './target.js';

/** A backup, its certificate unless that cannot be read, and the record of the change that made it, if there is one. */
export type Backup = {id: string; certificate: CertificateDescription | undefined; record: ChangeRecord | undefined};

/** All backups of a pair, by default the Tanium Server's, the newest first. */
export async function listBackups({layout}: Site, at: Date, target: Target = soap): Promise<Backup[]> {
	const records = await changeRecords(layout);
	return Promise.all(
		(await backupIds(layout, target)).map(async id => ({
			id,
			certificate: await certificateOfBackup(layout, id, target, at),
			record: records.find(record => record.id === id),
		})),
	);
}

/** Who puts a backup back, and how. */
type RestorePlan = Pick<NewPlan, 'user' | 'from' | 'now' | 'operation' | 'overlap'>;

/**
 * Plans to put a backup's pair back. As it was in service, only that it can be loaded is checked. Rejects with Problem `no-backup` when
 * it cannot, and as planInstallation() does.
 */
export async function planRestore(site: Site, id: string, by: RestorePlan, target: Target = soap): Promise<Plan> {
	const pair = await readBackup(site.layout, id, target);
	const fault = pairFault(pair);
	if (fault !== undefined) {
		zeroize(pair);
		throw new Problem('no-backup', `The backup ${id} cannot be installed. ${fault}`, `Nothing was changed. See: ${target.word} backups`);
	}

	return planInstallation(site, pair, {...by, target, restores: id, origins: []});
}

/**
 * Copies a backup to /outgoing again, its key encrypted when there is a backup key. Resolves with the names there. Rejects with Problem
 * `no-backup`, `locked`, or `serves` when its key is the one in service, which does not belong into /outgoing; and as outgoingCopy() does.
 */
export async function exportBackup(site: Site, id: string, by: By, target: Target = soap): Promise<string[]> {
	const {layout, identity} = site;
	await using _lock = await lockInstallation(layout, by);
	await assertSharedFolder(layout.outgoing);
	const pair = await readBackup(layout, id, target);
	const installed = await readInstalled(layout, target);
	const isServing = digestOf(installed).key === digestOf(pair).key;
	zeroize(installed);
	if (isServing) {
		zeroize(pair);
		throw new Problem('serves', `The key of the backup ${id} is the one in service.`, 'It is not copied to /outgoing.');
	}

	await audit(layout, {event: 'backup-exported', ...by, backup: id});
	const copy = await outgoingCopy(layout, pair);
	const names = backupNames(target, identity.name, id, copy.encryptedKey !== undefined);
	for (const part of partsOf(names)) {
		await createUnlessThere(path.join(layout.outgoing, names[part]!), copy.pair[part]!, modes[part]);
	}

	await syncFolder(layout.outgoing);
	zeroize(pair);
	return partsOf(names).map(part => names[part]!);
}

/** The same bytes may be there already. Anything else under this name stays. */
async function createUnlessThere(file: string, bytes: Buffer, mode: number): Promise<void> {
	try {
		await createWholeFile(file, bytes, mode);
	} catch (error) {
		const found = hasCode(error, 'EEXIST') ? await readUpload(file) : undefined;
		if (!found) {
			throw error;
		}

		const isSame = found.state === 'read' && found.bytes.equals(bytes);
		zeroizeUpload(found);
		if (!isSame) {
			throw new Problem('exists', `Another file ${path.basename(file)} is in /outgoing.`, 'Remove or rename it first.', {cause: error});
		}
	}
}

/**
 * Deletes a backup, with its files in /outgoing. Rejects with Problem `only-way-back` for the newest one, `no-backup`, `locked` or
 * `unfinished`.
 */
export async function deleteBackup(site: Site, id: string, by: By, target: Target = soap): Promise<void> {
	await using _lock = await lockInstallation(site.layout, by);
	await assertNoJournal(site.layout);
	const ids = await backupIds(site.layout, target);
	if (!ids.includes(id)) {
		throw new Problem('no-backup', `There is no backup ${id}.`, `See: ${target.word} backups`);
	}

	if (ids[0] === id) {
		throw new Problem('only-way-back', `${id} is the newest backup, and the way back from the last change.`, 'It is not deleted.');
	}

	await audit(site.layout, {event: 'backups-removed', ...by, backups: [id]});
	await removeSavedBackup(site, id);
}
