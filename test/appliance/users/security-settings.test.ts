import {mkdir, readFile, writeFile} from 'node:fs/promises';
import test from 'ava';
import {describeBounds, readSecuritySettings, setSecuritySetting} from '../../../src/appliance/users/security-settings.js';
import {emptyLayout, modeOf} from '../folder.js';

const usual = {
	lockoutSeconds: 600,
	maximumLogins: 10,
	menuTimeoutSeconds: 0,
	maximumBackups: 0,
	maximumBackupDays: 0,
	recordSessions: 0,
	maximumRecordingMegabytes: 20,
	maximumTotalRecordingMegabytes: 1000,
	maximumRecordingDays: 90,
};
const by = {user: 'tanadmin', from: 'console'};

test('without a file the default settings apply, and a missing setting has its default value', async t => {
	const layout = await emptyLayout(t);
	t.deepEqual(await readSecuritySettings(layout), usual);
	await mkdir(layout.settings, {recursive: true});
	await writeFile(layout.securitySettings, '{"maximumLogins": 2}');
	t.deepEqual(await readSecuritySettings(layout), {...usual, maximumLogins: 2});
});

test('settings that are changed at the same time are all kept, and the log has the old and new values', async t => {
	const layout = await emptyLayout(t);
	await Promise.all([
		setSecuritySetting(layout, 'lockoutSeconds', 0, by),
		setSecuritySetting(layout, 'maximumLogins', 1, by),
		setSecuritySetting(layout, 'menuTimeoutSeconds', 900, by),
	]);
	t.deepEqual(await readSecuritySettings(layout), {...usual, lockoutSeconds: 0, maximumLogins: 1, menuTimeoutSeconds: 900});
	t.is(await modeOf(layout.securitySettings), '0600');
	const events = (await readFile(layout.audit, 'utf8'))
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as Record<string, unknown>);
	t.like(
		events.find(({setting}) => setting === 'menuTimeoutSeconds'),
		{event: 'setting-changed', ...by, before: 0, after: 900},
	);
});

test('values out of range change nothing', async t => {
	const layout = await emptyLayout(t);
	for (const [name, value] of [
		['lockoutSeconds', -1],
		['lockoutSeconds', 604_801],
		['lockoutSeconds', 1.5],
		['maximumLogins', 0],
		['maximumLogins', 101],
		['menuTimeoutSeconds', 9],
		['maximumBackups', -1],
		['maximumBackups', 1001],
		['maximumBackupDays', 3651],
		['recordSessions', 2],
		['menuTimeoutSeconds', Number.NaN],
	] as const) {
		await t.throwsAsync(setSecuritySetting(layout, name, value, by), {code: 'bad-setting'}, `${name} ${value}`);
	}

	t.deepEqual(await readSecuritySettings(layout), usual);
	t.is(describeBounds('menuTimeoutSeconds'), '0, or 10 to 86400');
	t.is(describeBounds('maximumBackups'), '0, or 1 to 1000');
	t.is(describeBounds('lockoutSeconds'), '0 to 604800');
	t.is(describeBounds('recordSessions'), '0 or 1');
});

test('a file with other content is not accepted as settings', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	for (const damage of ['', '[]', 'null', '"x"', '{"lockoutSeconds": "600"}', '{"maximumLogins": 1e9}']) {
		await writeFile(layout.securitySettings, damage);
		await t.throwsAsync(readSecuritySettings(layout), {code: 'settings-unreadable'}, damage);
	}
});
