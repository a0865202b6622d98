import {exitCodes} from '../exit-codes.js';
import {plannedBy} from '../console/flows/review-and-install.js';
import {compareBackup} from '../console/flows/manage-backups.js';
import {whoOf} from '../console/describe-record.js';
import {dateOfId} from '../installation/backups.js';
import {deleteBackup, exportBackup, listBackups, planRestore} from '../installation/manage-backups.js';
import {looksInDryRun, alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';
import {reviewPlan} from './soap-install.js';
import {soap, ssl, type Target} from '../installation/target.js';
import {userOf} from '../console/environment.js';

/** Lists the pairs from before each installation, the newest first. */
async function list(context: Context, target: Target): Promise<number> {
	assertNoArguments(context);
	const {session, json, print, conversation} = context;
	const backups = await listBackups(session, session.now(), target);
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
async function restore(context: Context, target: Target): Promise<number> {
	const {words, session} = context;
	const [option, ...more] = words.slice(1);
	if (more.length > 0 || (option !== undefined && option.toLowerCase() !== '--dry-run')) {
		throw usage(`${words.slice(1).join(' ')}: only --dry-run may follow the backup.`);
	}

	const plan = await planRestore(session, backupIn(words.slice(0, 1), target, 'restore'), plannedBy(session), target);
	return reviewPlan(context, plan, {dryRun: option !== undefined});
}

async function compare({words, session, conversation}: Context, target: Target): Promise<number> {
	await compareBackup(conversation, session, backupIn(words, target, 'backups compare'), target);
	return exitCodes.done;
}

async function exportOne({words, session, json, print}: Context, target: Target): Promise<number> {
	const names = await exportBackup(session, backupIn(words, target, 'backups export'), userOf(session), target);
	print(...(json ? [JSON.stringify({copied: names})] : ['Copied to /outgoing:', ...names.map(name => `  ${name}`)]));
	return exitCodes.done;
}

async function deleteOne({words, session, conversation, json, print}: Context, target: Target): Promise<number> {
	const id = backupIn(words, target, 'backups delete');
	if (!(await conversation.confirm(`Delete the backup ${id}, with its files in /outgoing?`, 'yes'))) {
		print(json ? JSON.stringify({deleted: null}) : 'Nothing was changed.');
		return exitCodes.no;
	}

	await deleteBackup(session, id, userOf(session), target);
	print(json ? JSON.stringify({deleted: id}) : `${id} was deleted.`);
	return exitCodes.done;
}

/** The one backup that these words name. Throws a usage problem otherwise. */
function backupIn([id, ...more]: readonly string[], {word}: Target, command: string): string {
	if (id === undefined || dateOfId(id) === undefined || more.length > 0) {
		throw usage(`Name one backup, as ${word} backups lists it: ${word} ${command} 20261123-224800`);
	}

	return id;
}

type Own = Pick<Command, 'name' | 'purpose' | 'about' | 'parameters' | 'examples'> & Partial<Pick<Command, 'looks'>>;

function commandsFor(target: Target, menu?: string): Command[] {
	const {name} = target;
	const command = (own: Own, run: (context: Context, target: Target) => Promise<number>): Command => ({
		...own,
		needs: target === ssl ? 'Module Server' : 'Tanium Server',
		group: 'Tanium Platform',
		...(menu !== undefined && {menu}),
		roles: ['tanadmin'],
		...(target === soap && own.name !== 'soap backups export' && {onHost: 'target'}),
		run: async context => run(context, context.target ?? target),
	});
	return [
		command(
			{
				name: `${name} backups`,
				purpose: 'List the pairs from before each installation',
				about: 'Each installation keeps the pair that it replaces in the appliance, besides the copy in /outgoing.',
				parameters: '[json]',
				examples: [`${name} backups`],
				looks: alwaysLooks,
			},
			list,
		),
		...onesFor(name).map(([own, run]) => command(own, run)),
		command(restoreOf(name), restore),
	];
}

function restoreOf(name: string): Own {
	return {
		name: `${name} restore`,
		purpose: 'Install the pair from before an installation again',
		about:
			`Replaces the installed pair with a backup, by the same guarded procedure as ${name} install. Asks for `
			+ 'one yes on standard input. Exit code 0 installed, 1 not installed, 3 needs manual intervention.',
		parameters: 'BACKUP [--dry-run] [json]',
		examples: [`${name} restore 20261123-224800 <<< yes`],
		looks: looksInDryRun,
	};
}

/** The commands about one backup that leave the installed pair alone. */
function onesFor(name: string): Array<[Own, (context: Context, target: Target) => Promise<number>]> {
	return [
		[
			{
				name: `${name} backups compare`,
				purpose: 'Compare a backup with the installed pair',
				about: 'Shows both certificates side by side; an asterisk marks what differs.',
				parameters: 'BACKUP',
				examples: [`${name} backups compare 20261123-224800`],
				looks: alwaysLooks,
			},
			compare,
		],
		[
			{
				name: `${name} backups export`,
				purpose: 'Copy a backup to /outgoing',
				about: 'Copies the certificate and the key; the key is encrypted when there is a backup key. A key in service is not copied.',
				parameters: 'BACKUP [json]',
				examples: [`${name} backups export 20261123-224800`],
			},
			exportOne,
		],
		[
			{
				name: `${name} backups delete`,
				purpose: 'Delete a backup',
				about: 'Deletes a backup, with its files in /outgoing, after one yes on standard input. The newest backup cannot be deleted.',
				parameters: 'BACKUP [json]',
				examples: [`${name} backups delete 20261123-224800 <<< yes`],
			},
			deleteOne,
		],
	];
}

export const backupCommands: readonly Command[] = commandsFor(soap, '2-B');
export const sslBackupCommands: readonly Command[] = commandsFor(ssl);
