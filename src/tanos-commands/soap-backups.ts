import {exitCodes} from '../exit-codes.js';
import {plannedBy} from '../console/flows/review-and-install.js';
import {compareBackup} from '../console/flows/manage-backups.js';
import {whoOf} from '../console/describe-record.js';
import {dateOfId} from '../installation/backups.js';
import {deleteBackup, exportBackup, listBackups, planRestore} from '../installation/manage-backups.js';
import {looksInDryRun, alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';
import {reviewPlan} from './soap-install.js';
import {userOf} from '../console/environment.js';

/** Lists the pairs from before each installation, the newest first. */
async function list(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print, conversation} = context;
	const backups = await listBackups(session, session.now());
	if (json) {
		const entries = backups.map(({id, certificate, record}) => ({
			id,
			certificate,
			replaced: record && {by: record.user, from: record.from, at: record.ended, outcome: record.outcome},
		}));
		print(JSON.stringify({backups: entries}));
	} else if (backups.length === 0) {
		conversation.print('There is no backup: nothing was installed here yet.');
	} else {
		conversation.table(
			[
				['Backup', 'Subject', 'Valid to', 'Replaced by'],
				...backups.map(({id, certificate, record}) => [
					id,
					...(certificate ? [certificate.subject, certificate.notAfter.slice(0, 10)] : ['(cannot be read)', '']),
					record ? whoOf(record) : '-',
				]),
			],
			true,
		);
	}

	return exitCodes.done;
}

/** Puts the pair from before an installation back, by the same procedure. */
async function restore(context: Context): Promise<number> {
	const {words, session} = context;
	const [option, ...more] = words.slice(1);
	if (more.length > 0 || (option !== undefined && option.toLowerCase() !== '--dry-run')) {
		throw usage(`${words.slice(1).join(' ')}: only --dry-run may follow the backup.`);
	}

	const plan = await planRestore(session, backupIn(words.slice(0, 1), 'soap restore'), plannedBy(session));
	return reviewPlan(context, plan, {dryRun: option !== undefined});
}

async function compare({words, session, conversation}: Context): Promise<number> {
	await compareBackup(conversation, session, backupIn(words, 'soap backups compare'));
	return exitCodes.done;
}

async function exportOne({words, session, json, print}: Context): Promise<number> {
	const names = await exportBackup(session, backupIn(words, 'soap backups export'), userOf(session));
	print(...(json ? [JSON.stringify({copied: names})] : ['Copied to /outgoing:', ...names.map(name => `  ${name}`)]));
	return exitCodes.done;
}

async function deleteOne({words, session, conversation, json, print}: Context): Promise<number> {
	const id = backupIn(words, 'soap backups delete');
	if (!(await conversation.confirm(`Delete the backup ${id}, with its files in /outgoing?`, 'yes'))) {
		print(json ? JSON.stringify({deleted: null}) : 'Nothing was changed.');
		return exitCodes.no;
	}

	await deleteBackup(session, id, userOf(session));
	print(json ? JSON.stringify({deleted: id}) : `${id} was deleted.`);
	return exitCodes.done;
}

/** The one backup that these words name. Throws a usage problem otherwise. */
function backupIn([id, ...more]: readonly string[], command: string): string {
	if (id === undefined || dateOfId(id) === undefined || more.length > 0) {
		throw usage(`Name one backup, as soap backups lists it: ${command} 20261123-224800`);
	}

	return id;
}

export const backupCommands: readonly Command[] = [
	{
		name: 'soap backups',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'List the pairs from before each installation',
		about: 'Each installation keeps the pair that it replaces in the appliance, besides the copy in /outgoing.',
		parameters: '[json]',
		examples: ['soap backups'],
		menu: '2-B',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: list,
	},
	{
		name: 'soap backups compare',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Compare a backup with the installed pair',
		about: 'Shows both certificates side by side; an asterisk marks what differs.',
		parameters: 'BACKUP',
		examples: ['soap backups compare 20261123-224800'],
		menu: '2-B',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: compare,
	},
	{
		name: 'soap backups export',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Copy a backup to /outgoing',
		about: 'Copies the certificate and the key; the key is encrypted when there is a backup key. A key in service is not copied.',
		parameters: 'BACKUP [json]',
		examples: ['soap backups export 20261123-224800'],
		menu: '2-B',
		roles: ['tanadmin'],
		run: exportOne,
	},
	{
		name: 'soap backups delete',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Delete a backup',
		about: 'Deletes a backup, with its files in /outgoing, after one yes on standard input. The newest backup cannot be deleted.',
		parameters: 'BACKUP [json]',
		examples: ['soap backups delete 20261123-224800 <<< yes'],
		menu: '2-B',
		roles: ['tanadmin'],
		run: deleteOne,
	},
	{
		name: 'soap restore',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Install the pair from before an installation again',
		about:
			'Replaces the installed pair with a backup, by the same guarded procedure as soap install. Asks for '
			+ 'one yes on standard input. Exit code 0 installed, 1 not installed, 3 needs manual intervention.',
		parameters: 'BACKUP [--dry-run] [json]',
		examples: ['soap restore 20261123-224800 <<< yes'],
		menu: '2-B',
		roles: ['tanadmin'],
		looks: looksInDryRun,
		run: restore,
	},
];
