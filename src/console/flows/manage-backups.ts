// 2-B: the pairs from before each installation.
import {readBackup} from '../../installation/backups.js';
import {readInstalled} from '../../installation/change.js';
import {deleteBackup, exportBackup, listBackups, planRestore, type Backup} from '../../installation/manage-backups.js';
import {zeroize} from '../../installation/pair-files.js';
import {printingProblems, type Conversation} from '../conversation.js';
import {whoOf} from '../describe-record.js';
import {userOf, type ConsoleSession} from '../environment.js';
import {chooseTarget} from './choose-target.js';
import {concludeInstallation} from './conclude-installation.js';
import {plannedBy, reviewAndInstall} from './review-and-install.js';
import {soap, type Target} from '../../installation/target.js';
import {compareCertificates} from './show-certificates.js';

/** Lists the backups, and compares, restores, exports or deletes one of them. */
export async function manageBackups(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const target = await chooseTarget(conversation, session);
	while (target) {
		const backups = await listBackups(session, session.now(), target);
		if (backups.length === 0) {
			conversation.print('There is no backup: nothing was installed here yet.');
			return conversation.pause();
		}

		const backup = await conversation.choose(
			'Line number of the backup, or R:',
			backups.map((entry, index) => ({key: String(index + 1), label: formatBackup(entry), value: entry})),
		);
		if (!backup) {
			return;
		}

		await printingProblems(conversation, async () => manage(conversation, session, backup, target));
	}
}

/** Its id, until when its certificate is valid, and who replaced it. */
function formatBackup({id, certificate, record}: Backup): string {
	const subject = certificate ? `valid to ${certificate.notAfter.slice(0, 10)}  ${certificate.commonName}` : '(cannot be read)';
	return `${id.padEnd(17)} ${subject}${record ? `, replaced by ${whoOf(record)}` : ''}`;
}

async function manage(conversation: Conversation, session: ConsoleSession, {id}: Backup, target: Target): Promise<void> {
	const verb = await conversation.choose<'compare' | 'restore' | 'export' | 'delete'>(`Action for ${id}, or R:`, [
		{key: '1', label: 'Compare with the installed pair', value: 'compare'},
		{key: '2', label: 'Restore', value: 'restore'},
		...(target.isCopied ? [{key: '3', label: 'Copy to /outgoing', value: 'export'} as const] : []),
		{key: '4', label: 'Delete', value: 'delete'},
	]);
	switch (verb) {
		case 'compare': {
			await compareBackup(conversation, session, id, target);
			return conversation.pause();
		}

		case 'restore': {
			const plan = await planRestore(session, id, plannedBy(session), target);
			return concludeInstallation(conversation, session, await reviewAndInstall(conversation, session, plan, {yes: 'YES'}), target);
		}

		case 'export': {
			const names = await exportBackup(session, id, userOf(session));
			return conversation.print(`Copied to /outgoing:\n${names.map(name => `  ${name}`).join('\n')}`, 'good');
		}

		case 'delete': {
			return remove(conversation, session, id, target);
		}

		case undefined:
	}
}

async function remove(conversation: Conversation, session: ConsoleSession, id: string, {isCopied}: Target): Promise<void> {
	if (await conversation.confirm(`Delete the backup ${id}${isCopied ? ', with its files in /outgoing' : ''}?`, 'YES')) {
		await deleteBackup(session, id, userOf(session));
		conversation.print(`${id} was deleted.`);
	}
}

/** Shows the certificates of a backup and of the installed pair side by side. Rejects with Problem `no-backup`. */
export async function compareBackup(
	conversation: Conversation,
	{layout, now}: ConsoleSession,
	id: string,
	target: Target = soap,
): Promise<void> {
	const [installed, saved] = [await readInstalled(layout, target), await readBackup(layout, id, target)];
	compareCertificates(conversation, installed.certificate, saved.certificate, now(), 'Backup');
	zeroize(installed);
	zeroize(saved);
}
