// Which backups of its pair are removed after an installation, by the security settings: never the newest, never that of the
// installation itself.
import {audit, auditOrKeep} from '../appliance/audit.js';
import {maxListLength} from '../appliance/log-limits.js';
import {readSecuritySettings, type SecuritySettings} from '../appliance/users/security-settings.js';
import {messageOf} from '../problem.js';
import {backupIds, dateOfId, removeSavedBackup} from './backups.js';
import type {Change, Site} from './change.js';
import {targetOf} from './target.js';

const dayMs = 24 * 60 * 60 * 1000;

type Limits = Pick<SecuritySettings, 'maximumBackups' | 'maximumBackupDays'>;

/**
 * Removes the backups that the security settings no longer keep, with their files in /outgoing. For the end of this installation, under
 * its lock, when its journal is gone. Resolves with what is to be said of it. Never rejects.
 */
export async function removeOldBackups(site: Site, change: Change): Promise<string[]> {
	try {
		const expired = expiredAmong(await backupIds(site.layout, targetOf(change)), change, await readSecuritySettings(site.layout));
		return expired.length === 0 ? [] : await removeAll(site, change, expired.slice(-maxListLength)); // All ids fit into one event.
	} catch (error) {
		return [`Old backups were not removed: ${messageOf(error)}`];
	}
}

/** `ids` are the newest first. One that began after this installation, by its date, counts as new. */
function expiredAmong(ids: readonly string[], change: Change, {maximumBackups, maximumBackupDays}: Limits): string[] {
	const isBeyond = (index: number) => maximumBackups > 0 && index >= maximumBackups;
	const isOld = (id: string) => maximumBackupDays > 0 && ageOf(id, change) > maximumBackupDays * dayMs;
	return ids.filter((id, index) => index > 0 && id !== change.id && (isBeyond(index) || isOld(id)));
}

/** In milliseconds, when this installation began. Zero when that cannot be told. */
function ageOf(id: string, change: Change): number {
	const [date, now] = [dateOfId(id), dateOfId(change.id)];
	return date && now ? now.getTime() - date.getTime() : 0;
}

async function removeAll(site: Site, {user}: Change, ids: readonly string[]): Promise<string[]> {
	await audit(site.layout, {event: 'backups-removed', user, backups: [...ids]});
	const failed: Array<{id: string; why: string}> = [];
	for (const id of ids) {
		try {
			await removeSavedBackup(site, id);
		} catch (error) {
			failed.push({id, why: messageOf(error)});
		}
	}

	const removed = ids.length - failed.length;
	const said = removed === 0 ? [] : [`${removed} old ${removed === 1 ? 'backup was' : 'backups were'} removed (A-A-P-B).`];
	return failed.length === 0 ? said : [...said, await describeFailures(site, user, failed)];
}

/** Logs them as well: the event before said that they would be removed. */
async function describeFailures({layout}: Site, user: string, failed: ReadonlyArray<{id: string; why: string}>): Promise<string> {
	const backups = failed.map(({id}) => id);
	const {why} = failed[0]!;
	await auditOrKeep(layout, {event: 'backups-removed', user, backups, result: `failed: ${why}`});
	return `Old backups could not be removed: ${backups.join(', ')}. ${why}`;
}
