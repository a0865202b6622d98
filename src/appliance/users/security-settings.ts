// What an administrator may set about signing in: `etc/tanos/security.json`. A setting that is not in the file has its usual
// value, so an appliance without the file is as safe as a new one.
import {mkdir, readFile} from 'node:fs/promises';
import {hasCode, Problem} from '../../problem.js';
import {replaceFile} from '../atomic-file.js';
import {audit} from '../audit.js';
import type {By} from './authorized-keys.js';
import type {Layout} from '../layout.js';
import {lockFile} from '../lock.js';

export type SecuritySettings = {
	/** How long a locked account stays locked, in seconds; 0 until an administrator unlocks it. */
	lockoutSeconds: number;
	/** Consoles that one user may have open at once. */
	maximumLogins: number;
	/** How long a console may wait for a key before it is signed out, in seconds; 0 for ever. */
	menuTimeoutSeconds: number;
};

type Rule = {usual: number; least: number; most: number};

/** What each setting may be. A menu that times out sooner than in ten seconds would keep everybody from setting it again. */
const rules: Record<keyof SecuritySettings, Rule> = {
	lockoutSeconds: {usual: 600, least: 0, most: 604_800},
	maximumLogins: {usual: 10, least: 1, most: 100},
	menuTimeoutSeconds: {usual: 0, least: 10, most: 86_400},
};

const names = Object.keys(rules) as Array<keyof SecuritySettings>;

/** How long a locked account stays locked unless somebody has set it, in seconds. */
export const defaultLockoutSeconds = rules.lockoutSeconds.usual;

/** What the maximum of logins can be at the most. */
export const maxLogins = rules.maximumLogins.most;

/** The settings in force. Rejects with Problem `settings-unreadable`; a value that is out of bounds is never taken for another. */
export async function readSecuritySettings({securitySettings}: Layout): Promise<SecuritySettings> {
	try {
		const found = JSON.parse(await readFile(securitySettings, 'utf8').catch(emptyWhenAbsent)) as unknown;
		if (!isRecord(found)) {
			throw new TypeError('not an object');
		}

		return Object.fromEntries(names.map(name => [name, checked(name, found[name] ?? rules[name].usual)])) as SecuritySettings;
	} catch (error) {
		throw new Problem('settings-unreadable', `The security settings in ${securitySettings} cannot be read.`, 'Mend the file, or remove it: the usual settings hold then.', {cause: error});
	}
}

/** Changes one setting for whoever signs in from now on. Rejects with Problem `bad-setting`. */
export async function setSecuritySetting(layout: Layout, name: keyof SecuritySettings, value: number, by: By): Promise<void> {
	checked(name, value);
	await mkdir(layout.settings, {recursive: true, mode: 0o700});
	await using _lock = await lockFile(layout.securitySettings);
	const settings = await readSecuritySettings(layout);
	await audit(layout, {event: 'setting-changed', ...by, setting: name, before: settings[name], after: value});
	await replaceFile(layout.securitySettings, `${JSON.stringify({...settings, [name]: value}, undefined, '\t')}\n`, 0o600);
}

/** What a setting may be, in words. */
export function describeBounds(name: keyof SecuritySettings): string {
	const {usual, least, most} = rules[name];
	return `${usual === 0 ? '0, or ' : ''}${least} to ${most}`;
}

/** The value when it is within bounds; 0 is, where it is the usual value. Throws Problem `bad-setting`. */
function checked(name: keyof SecuritySettings, value: unknown): number {
	const {usual, least, most} = rules[name];
	const isGood = typeof value === 'number' && Number.isInteger(value) && (value === usual || (value >= least && value <= most));
	if (!isGood) {
		throw new Problem('bad-setting', 'That value is not possible here.', `It must be a whole number: ${describeBounds(name)}.`);
	}

	return value;
}

function isRecord(found: unknown): found is Record<string, unknown> {
	return typeof found === 'object' && found !== null && !Array.isArray(found);
}

function emptyWhenAbsent(error: unknown): string {
	if (hasCode(error, 'ENOENT')) {
		return '{}';
	}

	throw error;
}
