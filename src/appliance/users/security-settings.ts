// The security settings, for signing in and for backups: `etc/tanos/security.json`. A setting that is not in the file has its default,
// so an appliance without the file is as secure as a new one.
import {mkdir, readFile} from 'node:fs/promises';
import * as v from 'valibot';
import {ifPresent} from '../../if-present.js';
import {messageOf, Problem} from '../../problem.js';
import {replaceFile} from '../atomic-file.js';
import {audit} from '../audit.js';
import type {By} from '../by.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';
import {formatStored, parseStoredMap} from '../stored-json.js';

export type SecuritySettings = {
	/** How long a locked account stays locked, in seconds; 0 means until an administrator unlocks it. */
	lockoutSeconds: number;
	/** Maximum concurrent logins for each user. */
	maximumLogins: number;
	/** The idle time in seconds after which a console is signed out; 0 means never. */
	menuTimeoutSeconds: number;
	/** How many backups are kept; 0 means all. */
	maximumBackups: number;
	/** The age in days after which a backup is removed; 0 means never. */
	maximumBackupDays: number;
	/** Whether sessions over SSH are recorded: 1, or 0. */
	recordSessions: number;
	/** The size at which a recording ends, in MiB. */
	maximumRecordingMegabytes: number;
	/** The size of all recordings beyond which the oldest are removed, in MiB. */
	maximumTotalRecordingMegabytes: number;
	/** The age in days after which a recording is removed; 0 means never. */
	maximumRecordingDays: number;
};

type Rule = {default: number; min: number; max: number};

/** The bounds of each setting. A menu timeout under ten seconds would leave no time to change it again. */
const rules: Record<keyof SecuritySettings, Rule> = {
	lockoutSeconds: {default: 600, min: 0, max: 604_800},
	maximumLogins: {default: 10, min: 1, max: 100},
	menuTimeoutSeconds: {default: 0, min: 10, max: 86_400},
	maximumBackups: {default: 0, min: 1, max: 1000},
	maximumBackupDays: {default: 0, min: 1, max: 3650},
	recordSessions: {default: 0, min: 1, max: 1},
	maximumRecordingMegabytes: {default: 20, min: 1, max: 1000},
	maximumTotalRecordingMegabytes: {default: 1000, min: 1, max: 100_000},
	maximumRecordingDays: {default: 90, min: 0, max: 3650},
};

const names = Object.keys(rules) as Array<keyof SecuritySettings>;

/** The default time that an account stays locked, in seconds. */
export const defaultLockoutSeconds = rules.lockoutSeconds.default;

/** The upper bound of the maximum number of logins. */
export const maxLogins = rules.maximumLogins.max;

/** The current settings. Rejects with Problem `settings-unreadable`, also for a value that is out of bounds. */
export async function readSecuritySettings({securitySettings}: Layout): Promise<SecuritySettings> {
	try {
		const found = parseStoredMap((await ifPresent(async () => readFile(securitySettings, 'utf8'))) ?? '{}', v.unknown());
		return Object.fromEntries(names.map(name => [name, checked(name, found[name] ?? rules[name].default)])) as SecuritySettings;
	} catch (error) {
		throw new Problem(
			'settings-unreadable',
			`The security settings in ${securitySettings} cannot be read. ${messageOf(error)}`,
			'Fix the file, or remove it, which restores the defaults.',
			{cause: error},
		);
	}
}

/** Changes one setting for later sign-ins and installations. Rejects with Problem `bad-setting`. */
export async function setSecuritySetting(layout: Layout, name: keyof SecuritySettings, value: number, by: By): Promise<void> {
	checked(name, value);
	await mkdir(layout.settings, {recursive: true, mode: 0o700});
	await using _lock = await lockFile(layout, layout.securitySettings);
	const settings = await readSecuritySettings(layout);
	await audit(layout, {event: 'setting-changed', ...by, setting: name, before: settings[name], after: value});
	await replaceFile(layout.securitySettings, formatStored({...settings, [name]: value}), 0o600);
}

/** The bounds of a setting as text. */
export function describeBounds(name: keyof SecuritySettings): string {
	const {default: preset, min, max} = rules[name];
	if (preset !== 0) {
		return `${min} to ${max}`;
	}

	return min === max ? `0 or ${min}` : `0, or ${min} to ${max}`;
}

/** Returns the value when it is within bounds or the default. Throws Problem `bad-setting`. */
function checked(name: keyof SecuritySettings, value: unknown): number {
	const {default: preset, min, max} = rules[name];
	const isGood = typeof value === 'number' && Number.isInteger(value) && (value === preset || (value >= min && value <= max));
	if (!isGood) {
		throw new Problem('bad-setting', 'The value is out of bounds.', `It must be a whole number: ${describeBounds(name)}.`);
	}

	return value;
}
