import {exitCodes} from '../exit-codes.js';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Layout} from '../appliance/layout.js';
import {describeCertificate, type CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {certificatesIn} from '../certificates/parse/pem.js';
import {backupIds, dateOfId} from '../installation/backups.js';
import type {PairBytes} from '../installation/change.js';
import {planInstallation} from '../installation/install.js';
import {pairFault} from '../installation/pair-fault.js';
import {pairIn, zeroize} from '../installation/pair-files.js';
import {Problem} from '../problem.js';
import {looksInDryRun, alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';
import {reviewPlan} from './soap-install.js';

/** Lists the pairs from before each installation, the newest first. */
async function list(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {layout, now},
		json,
		print,
		conversation,
	} = context;
	const backups = await Promise.all((await backupIds(layout)).map(async id => ({id, certificate: await certificateOf(layout, id, now())})));
	if (json) {
		print(JSON.stringify({backups}));
	} else if (backups.length === 0) {
		conversation.print('There is no backup: nothing was installed here yet.');
	} else {
		conversation.table(
			[
				['Backup', 'Subject', 'Valid to', 'SHA-256'],
				...backups.map(({id, certificate}) =>
					certificate
						? [id, certificate.subject, certificate.notAfter.slice(0, 10), certificate.fingerprint.slice(0, 23)]
						: [id, '(cannot be read)', '', ''],
				),
			],
			true,
		);
	}

	return exitCodes.done;
}

/** Puts the pair from before an installation back, by the same procedure. As it was in service, only that it can be loaded is checked. */
async function restore(context: Context): Promise<number> {
	const {
		words: [id, option, ...more],
		session,
	} = context;
	if (id === undefined || dateOfId(id) === undefined || more.length > 0 || (option !== undefined && option.toLowerCase() !== '--dry-run')) {
		throw usage('Name one backup, as soap backups lists it: soap restore 20261123-224800');
	}

	const pair = await readBackup(session.layout, id);
	const fault = pairFault(pair);
	if (fault !== undefined) {
		zeroize(pair);
		throw new Problem('no-backup', `The backup ${id} cannot be installed. ${fault}`, 'Nothing was changed. See: soap backups');
	}

	const plan = await planInstallation(session, pair, {user: session.user.name, now: session.now(), origins: []});
	return reviewPlan(context, plan, {dryRun: option !== undefined});
}

async function certificateOf({backups}: Layout, id: string, at: Date): Promise<CertificateDescription | undefined> {
	try {
		const [leaf] = certificatesIn(await readFile(pairIn(path.join(backups, id)).certificate));
		return leaf && describeCertificate(leaf, at);
	} catch {
		return undefined;
	}
}

async function readBackup({backups}: Layout, id: string): Promise<PairBytes> {
	const files = pairIn(path.join(backups, id));
	try {
		return {certificate: await readFile(files.certificate), key: await readFile(files.key)};
	} catch (error) {
		throw new Problem('no-backup', `There is no whole backup ${id}.`, 'See: soap backups', {cause: error});
	}
}

export const backupCommands: readonly Command[] = [
	{
		name: 'soap backups',
		group: 'Tanium Platform',
		purpose: 'List the pairs from before each installation',
		about: 'Each installation keeps the pair that it replaces in the appliance, besides the copy in /outgoing.',
		parameters: '[json]',
		examples: ['soap backups'],
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: list,
	},
	{
		name: 'soap restore',
		group: 'Tanium Platform',
		purpose: 'Install the pair from before an installation again',
		about:
			'Replaces the installed pair with a backup, by the same guarded procedure as soap install. Asks for '
			+ 'one yes on standard input. Exit code 0 installed, 1 not installed, 3 needs manual intervention.',
		parameters: 'BACKUP [--dry-run] [json]',
		examples: ['soap restore 20261123-224800 <<< yes'],
		roles: ['tanadmin'],
		looks: looksInDryRun,
		run: restore,
	},
];
