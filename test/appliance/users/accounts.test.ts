import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../../src/appliance/layout.js';
import {accountFor, changePassword, readAccounts, writeAccounts, type Account} from '../../../src/appliance/users/accounts.js';
import {hashPassword} from '../../../src/appliance/users/passwords.js';
import {emptyLayout, modeOf} from '../folder.js';

async function account(role: Account['role'], password: string): Promise<Account> {
	return {role, password: await hashPassword(password), authorizedKeys: ['ssh-ed25519 AAAA somebody']};
}

async function appliance(t: ExecutionContext): Promise<Layout> {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	await writeAccounts(layout.accounts, {
		tanadmin: await account('tanadmin', 'Correct-Horse-1'),
		tanuser: await account('tanuser', 'Battery-Staple-2'),
	});
	return layout;
}

async function accountsFile(t: ExecutionContext): Promise<string> {
	return (await appliance(t)).accounts;
}

test('the correct name and password open an account', async t => {
	const file = await accountsFile(t);
	t.like(await accountFor(file, 'tanadmin', 'Correct-Horse-1'), {role: 'tanadmin', authorizedKeys: ['ssh-ed25519 AAAA somebody']});
});

test("a wrong password, another user's password, and a wrong name open none", async t => {
	const file = await accountsFile(t);
	for (const [user, password] of [
		['tanadmin', 'wrong'],
		['tanadmin', 'Battery-Staple-2'],
		['nobody', 'Correct-Horse-1'],
		['Tanadmin', 'Correct-Horse-1'],
		['', ''],
	] as const) {
		t.is(await accountFor(file, user, password), undefined, user);
	}
});

test('names of properties that every object has are not accounts', async t => {
	const layout = await appliance(t);
	const file = layout.accounts;
	for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
		t.is((await readAccounts(file))[name], undefined, name);
		t.is(await accountFor(file, name, ''), undefined, name);
		await t.throwsAsync(changePassword(layout, name, 'Brand-New-Word-9'), {message: `There is no account ${name}.`});
	}
});

test('an account named __proto__ does not affect the others', async t => {
	const layout = await appliance(t);
	const file = layout.accounts;
	const text = await readFile(file, 'utf8');
	await writeFile(file, text.replace('"tanuser"', '"__proto__"'));
	t.is(await accountFor(file, 'tanuser', 'Battery-Staple-2'), undefined);
	t.is((await accountFor(file, '__proto__', 'Battery-Staple-2'))?.role, 'tanuser');
	await changePassword(layout, '__proto__', 'Brand-New-Word-9');
	t.is((await accountFor(file, '__proto__', 'Brand-New-Word-9'))?.role, 'tanuser');
	t.is((await accountFor(file, 'tanadmin', 'Correct-Horse-1'))?.role, 'tanadmin');
});

test('a changed password opens the account and the old one does not; nothing else changes', async t => {
	const layout = await appliance(t);
	const file = layout.accounts;
	const {
		tanuser,
		tanadmin: {password: _, ...rest},
	} = (await readAccounts(file)) as {tanuser: Account; tanadmin: Account};
	await changePassword(layout, 'tanadmin', 'Brand-New-Word-9');
	t.is(await accountFor(file, 'tanadmin', 'Correct-Horse-1'), undefined);
	t.like(await accountFor(file, 'tanadmin', 'Brand-New-Word-9'), rest);
	t.deepEqual((await readAccounts(file))['tanuser'], tanuser);
	t.is(await modeOf(file), '0600');
});

test('a weak password is refused with every rule it breaks, and nothing changes', async t => {
	const layout = await appliance(t);
	const file = layout.accounts;
	const before = await readFile(file, 'utf8');
	await t.throwsAsync(changePassword(layout, 'tanuser', 'tanuser'), {
		name: 'Problem',
		message:
			'The new password lacks: at least 10 characters, an upper case letter, a digit, a character that '
			+ 'is neither letter nor digit, not the user name in it.',
	});
	t.is(await readFile(file, 'utf8'), before);
});

test('accounts that are changed at the same time all keep their new passwords', async t => {
	const layout = await appliance(t);
	const file = layout.accounts;
	const users = Array.from({length: 8}, (_, number) => `user${number}`);
	const {tanuser} = (await readAccounts(file)) as {tanuser: Account};
	await writeAccounts(file, Object.fromEntries(users.map(user => [user, tanuser])));
	await Promise.all(users.map(async user => changePassword(layout, user, 'Brand-New-Word-9')));
	for (const user of users) {
		t.is((await accountFor(file, user, 'Brand-New-Word-9'))?.role, 'tanuser', user);
	}
});

test('a file of accounts that is missing or broken is a Problem that names the file and no secret', async t => {
	const file = path.join((await emptyLayout(t)).root, 'accounts.json');
	const missing = `There is no such file or folder: ${file}.`;
	const problem = (why: string) => ({code: 'accounts-unreadable', message: `The accounts in ${file} cannot be read. ${why}`}) as never;
	await t.throwsAsync(readAccounts(file), problem(missing));
	await writeFile(file, '{"tanadmin": {"Correct-Horse-1');
	await t.throwsAsync(accountFor(file, 'tanadmin', 'Correct-Horse-1'), problem('It is not JSON.'));
	await writeFile(file, '{"tanadmin": {"role": "root", "authorizedKeys": []}}');
	await t.throwsAsync(readAccounts(file), problem('role must be ("tanadmin" | "tanuser" | "tancopy" | "console-admin").'));
	await writeFile(file, '{"version": 2}');
	await t.throwsAsync(readAccounts(file), problem('It has version 2; this program reads version 1.'));
});

test('the file contains no password', async t => {
	t.notRegex(await readFile(await accountsFile(t), 'utf8'), /Correct|Battery/);
});
