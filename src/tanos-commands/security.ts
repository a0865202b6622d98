import {exitCodes} from '../exit-codes.js';
import {locksOf, unlockAccount} from '../appliance/users/lockout.js';
import {readSecuritySettings, setSecuritySetting, type SecuritySettings} from '../appliance/users/security-settings.js';
import {accountMeant} from './account.js';
import {alwaysLooks, assertNoArguments, printReport, usage, type Command, type Context} from './command.js';

/** Each setting by its word. */
const settings: Record<string, keyof SecuritySettings> = {
	menu_timeout: 'menuTimeoutSeconds',
	lockout_time: 'lockoutSeconds',
	maximum_logins: 'maximumLogins',
	maximum_backups: 'maximumBackups',
	maximum_backup_days: 'maximumBackupDays',
	record_sessions: 'recordSessions',
	maximum_recording_megabytes: 'maximumRecordingMegabytes',
	maximum_total_recording_megabytes: 'maximumTotalRecordingMegabytes',
	maximum_recording_days: 'maximumRecordingDays',
};

async function show(context: Context): Promise<number> {
	assertNoArguments(context);
	const found = await readSecuritySettings(context.session.layout);
	printReport(
		context,
		Object.entries(settings).map(([word, name]) => [word, String(found[name])] as const),
		found,
	);
	return exitCodes.done;
}

async function set(context: Context): Promise<number> {
	const {
		words: [word = '', value = '', ...more],
		session: {layout, user, from},
		json,
		print,
	} = context;
	const name = Object.hasOwn(settings, word.toLowerCase()) ? settings[word.toLowerCase()] : undefined;
	if (name === undefined || !/^\d+$/.test(value) || more.length > 0) {
		throw usage(`Say what to set to which number: ${Object.keys(settings).join(', ')}`);
	}

	await setSecuritySetting(layout, name, Number(value), {user: user.name, from});
	print(json ? JSON.stringify({[name]: Number(value)}) : `${word.toLowerCase()} is now ${value}.`);
	return exitCodes.done;
}

/** As TanOS words it: `system-auth reset ssh lockout USER`. */
async function unlock(context: Context): Promise<number> {
	const {
		words: [named, ...more],
		session: {layout, user, from, now},
		json,
		print,
	} = context;
	if (named === undefined || more.length > 0) {
		throw usage('Name the user: system-auth reset ssh lockout USER');
	}

	const account = await accountMeant(context, named);
	const locks = await locksOf(layout, account, now());
	const unlocked = await unlockAccount(layout, account, {by: {user: user.name, from}, now: now()});
	print(json ? JSON.stringify({account, locks, unlocked}) : unlocked ? `${account} is unlocked.` : `${account} was not locked.`);
	return exitCodes.done;
}

export const securityCommands: readonly Command[] = [
	{
		name: 'security show',
		group: 'TanOS Management',
		purpose: 'Show the security settings',
		about:
			'menu_timeout: seconds after which a console without a key is signed out, 0 for never. lockout_time: '
			+ 'seconds for which three wrong passwords lock an account, 0 until an administrator unlocks it. maximum_logins: '
			+ 'consoles of one user. maximum_backups: how many backups are kept, 0 for all. maximum_backup_days: the age in days after which '
			+ 'a backup is removed, 0 for never. record_sessions: 1 when sessions over SSH are recorded, otherwise 0. '
			+ 'maximum_recording_megabytes: the size at which a recording ends. maximum_total_recording_megabytes: the size of all beyond which '
			+ 'the oldest are removed. maximum_recording_days: the age in days after which a recording is removed, 0 for never.',
		parameters: '[json]',
		examples: ['security show'],
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: show,
	},
	{
		name: 'security set',
		group: 'TanOS Management',
		purpose: 'Change a security setting',
		about: 'See security show. Takes effect at the next sign-in; for backups at the end of the next installation.',
		parameters: `${Object.keys(settings).join('|')} NUMBER [json]`,
		examples: ['security set menu_timeout 900', 'security set maximum_backups 10', 'security set record_sessions 1'],
		menu: 'A-A-X-5',
		roles: ['tanadmin'],
		run: set,
	},
	{
		name: 'system-auth reset ssh lockout',
		group: 'TanOS Users',
		purpose: 'Unlock an account that wrong passwords have locked',
		about: 'Takes the lock of the console and of the network away.',
		parameters: 'USER [json]',
		examples: ['system-auth reset ssh lockout tanuser'],
		menu: 'C-U',
		roles: ['tanadmin'],
		run: unlock,
	},
];
