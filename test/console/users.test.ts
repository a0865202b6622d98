// What C-U and the sign-in do beyond the screens of their tapes: the log, and what must not be seen.
import {mkdir, readFile, symlink} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {accountFor, readAccounts} from '../../src/appliance/users/accounts.js';
import {locksOf, tryPassword} from '../../src/appliance/users/lockout.js';
import {newPrivateKey, publicLineOf} from '../../src/ssh-keys/openssh-key.js';
import {readPublicKey} from '../../src/ssh-keys/public-key.js';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {passwords, signedIn, typing} from './console-session.js';

const now = () => new Date('2030-01-01T00:00:00Z');

test('three wrong passwords at the console lock the account there and over SSH, and the log has it', async t => {
	const {session, typist, layout, audited} = await typing(t);
	typist.send('tanadmin\rwrong\r'.repeat(3));
	t.is(await session.ended, 'refused');
	const next = await typing(t, {layout});
	await next.typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	t.true(next.said().includes('Sign-in incorrect.'));
	t.is(
		await tryPassword(layout, {user: 'tanadmin', password: passwords.tanadmin, roles: ['tanadmin'], from: '192.0.2.1', now: now()}),
		'locked',
	);
	const lines = await audited();
	t.deepEqual(
		lines.map(({event, result}) => `${event} ${result ?? ''}`.trim()),
		['sign-in-refused', 'sign-in-refused', 'account-locked', 'sign-in-refused', 'sign-in-refused locked'],
	);
	const later = await typing(t, {layout, now: () => new Date('2030-01-01T00:10:00Z')});
	await later.typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	t.is(later.view().kind, 'menu');
});

test('failures over the network cannot lock an administrator out of the console', async t => {
	const first = await typing(t);
	await setSecuritySetting(first.layout, 'lockoutSeconds', 0, {user: 'tanadmin', from: 'console'});
	for (const password of ['one', 'two', 'three', 'four']) {
		await tryPassword(first.layout, {user: 'tanadmin', password, roles: ['tanadmin'], from: '192.0.2.1', now: now()});
	}

	await first.typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	t.is(first.view().kind, 'menu');
});

test('an administrator unlocks a user and sets a password, and the log names both', async t => {
	const {typist, layout, said, audited} = await signedIn(t);
	for (const password of ['one', 'two', 'three']) {
		await tryPassword(layout, {user: 'tanuser', password, roles: ['tanuser'], from: '192.0.2.1', now: now()});
	}

	await typist.type('C-U\r2\r');
	t.true(said().some(row => row.includes('locked over the network until 2030-01-01 00:10:00 UTC')));
	await typist.type('U\rW\rBrand-New-Word-9\rBrand-New-Word-9\r');
	t.is((await accountFor(layout.accounts, 'tanuser', 'Brand-New-Word-9'))?.role, 'tanuser');
	const lines = await audited();
	t.like(lines.at(-2), {event: 'account-unlocked', user: 'tanadmin', from: 'console', account: 'tanuser', wasLocked: true});
	t.like(lines.at(-1), {event: 'password-changed', user: 'tanadmin', account: 'tanuser'});
	t.false((await readFile(layout.audit, 'utf8')).includes('Brand-New'));
});

test('a key is added and deleted with its fingerprint in the log', async t => {
	const {typist, layout, audited} = await signedIn(t);
	const line = publicLineOf(await newPrivateKey('me'), 'me')!.trim();
	await typist.type(`C-U\r2\rK\rA\r${line}\r`);
	t.deepEqual((await readAccounts(layout.accounts))['tanuser']?.authorizedKeys, [line]);
	await typist.type('1\rno\r1\ryes\r');
	t.deepEqual((await readAccounts(layout.accounts))['tanuser']?.authorizedKeys, []);
	const {sha256: key} = readPublicKey(line);
	t.like((await audited()).at(-2), {event: 'key-added', user: 'tanadmin', from: 'console', account: 'tanuser', key});
	t.like((await audited()).at(-1), {event: 'key-deleted', user: 'tanadmin', from: 'console', account: 'tanuser', key});
});

test('a pasted private key is neither shown, stored nor taken for menu entries', async t => {
	const {typist, session, layout, said, view} = await signedIn(t);
	const lines = (await newPrivateKey('me')).toString().trim().split('\n');
	const everSaid = new Set<string>();
	session.store.subscribe(() => {
		for (const row of said()) {
			everSaid.add(row);
		}
	});
	await typist.type(`C-U\r2\rK\rA\r${lines.join('\r')}\r`);
	t.false([...everSaid].some(row => lines.slice(1, -1).some(line => row.includes(line.slice(0, 20)))));
	t.true(said().some(row => row.startsWith('That is a private key.')));
	t.like(view(), {kind: 'conversation', title: 'C-U  TanOS User Management'});
	t.deepEqual((await readAccounts(layout.accounts))['tanuser']?.authorizedKeys, []);
	await typist.type(`A\r${lines[0]}\r\u0003`);
	t.like(view(), {kind: 'menu', path: ['C']});
});

test('a problem is shown, and the conversation continues', async t => {
	const {typist, said, view} = await signedIn(t);
	await typist.type('C-U\r2\rK\rF\r');
	t.true(said().includes('/incoming holds no file whose name ends with .pub.'));
	await typist.type('A\rhello\r');
	t.true(said().includes('That is not an OpenSSH public key.'));
	await typist.type('R\rR\rR\r');
	t.like(view(), {kind: 'menu', path: ['C']});
});

test('wrong current passwords are counted and lock the account', async t => {
	const {typist, layout, audited, said} = await signedIn(t, 'tanuser');
	for (let attempt = 0; attempt < 3; attempt++) {
		await typist.type('p\rWrong-Guess-1\r');
		t.true(said().includes('The current password is wrong. Nothing was changed.'));
		await typist.type('\r');
	}

	await typist.type(`p\r${passwords.tanuser}\r`);
	t.true(said().includes('The current password is wrong. Nothing was changed.'));
	t.is((await audited()).filter(({event}) => event === 'account-locked').length, 1);
	t.deepEqual(
		(await locksOf(layout, 'tanuser', new Date('2030-01-01T00:00:00Z'))).map(({origin}) => origin),
		['terminal'],
	);
});

test('2-4 refuses /incoming as a symbolic link, in words', async t => {
	const {typist, layout, said, services} = await signedIn(t);
	await mkdir(path.dirname(layout.incoming), {recursive: true});
	await symlink(layout.settings, layout.incoming);
	await typist.type('2-4\r');
	const text = said().join(' ');
	t.true(text.includes('is a symbolic link to'), text);
	t.regex(text, /Put a folder in its place/);
	t.deepEqual(services.calls, []);
});
