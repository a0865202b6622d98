import {readFile} from 'node:fs/promises';
import test from 'ava';
import {accountFor} from '../../src/appliance/users/accounts.js';
import {passwords, signedIn, typing} from './console-session.js';

test('the correct name and password lead to the main menu, and the sign-in is logged', async t => {
	const {session, view, audited} = await signedIn(t);
	t.like(view(), {kind: 'menu', path: [], selected: 1, notice: ''});
	t.deepEqual(session.store.state.user, {name: 'tanadmin', role: 'tanadmin'});
	t.like((await audited())[0], {event: 'sign-in', user: 'tanadmin', from: 'console'});
});

test('a wrong password, an unknown name and a user without a console get the same answer', async t => {
	const {session, typist, said, audited} = await typing(t);
	await typist.type('tanadmin\rwrong\r');
	t.deepEqual(
		said().filter(text => text.includes('incorrect')),
		['Sign-in incorrect.'],
	);
	t.is(session.store.state.user, undefined);
	await typist.type('__proto__\rwrong\r');
	typist.send(`tancopy\r${passwords.tancopy}\r`);
	t.is(await session.ended, 'refused');
	t.is(said().filter(text => text === 'Sign-in incorrect.').length, 3);
	t.deepEqual(
		(await audited()).map(({event, user}) => `${event} ${user}`),
		['tanadmin', '__proto__', 'tancopy'].map(user => `sign-in-refused ${user}`),
	);
});

test('no password is in the log or on the screen', async t => {
	const {session, layout} = await signedIn(t);
	t.false((await readFile(layout.audit, 'utf8')).includes(passwords.tanadmin));
	t.false(JSON.stringify(session.store.state).includes(passwords.tanadmin));
});

test('an empty name is asked again and does not count as a failure', async t => {
	const {typist, view} = await typing(t);
	await typist.type(`\r\r\r\rtanadmin\r${passwords.tanadmin}\r`);
	t.is(view().kind, 'menu');
});

test('the first screen shows the greeting, and an administrator sees the notices once', async t => {
	const {typist, said, view, acknowledged} = await typing(t, {
		greeting: ['Welcome', 'to TanOS'],
		bringUp: async () => ['An installation was undone.', 'The old certificate serves.'],
	});
	await typist.handled();
	t.deepEqual(said(), ['Welcome', 'to TanOS']);
	await typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	t.like(view(), {kind: 'conversation', title: 'Since the Last Session'});
	t.deepEqual(said(), ['An installation was undone.', 'The old certificate serves.']);
	t.deepEqual(acknowledged, [], 'nobody has read it yet');
	await typist.type('\r');
	t.like(view(), {kind: 'menu', path: []});
	t.deepEqual(acknowledged, ['acknowledged']);
});

test('text typed ahead of the notices reaches the menu', async t => {
	const {typist, view} = await signedIn(t, 'tanadmin', {bringUp: async () => ['News.']});
	await typist.type('2\r');
	t.like(view(), {kind: 'menu', path: ['2']});
});

test('tanuser sees the notices, which are kept for an administrator', async t => {
	const {typist, view, acknowledged} = await signedIn(t, 'tanuser', {bringUp: async () => ['News.']});
	t.like(view(), {kind: 'conversation', title: 'Since the Last Session'});
	await typist.type('\r');
	t.deepEqual(acknowledged, []);
});

test('keys and paths lead through the menus and back, and the last entry is highlighted', async t => {
	const {typist, view} = await signedIn(t);
	await typist.type('a\r');
	t.like(view(), {path: ['A']});
	await typist.type('A\r');
	t.like(view(), {path: ['A', 'A']});
	await typist.type('R\r');
	t.like(view(), {path: ['A'], selected: 5});
	await typist.type('2-5\r');
	t.like(view(), {path: ['2', '5'], selected: 0});
	await typist.type('RR\r');
	t.like(view(), {path: [], selected: 1});
	await typist.type('\u001B[B\u001B[B\u001B[B\r');
	t.like(view(), {path: ['A'], selected: 5});
});

test('Enter opens what is highlighted, also right after the sign-in', async t => {
	const {typist, view, services} = await signedIn(t);
	await typist.type('\r\r');
	t.like(view(), {kind: 'conversation', title: '2-1  Start, Stop and Restart Tanium Services'});
	t.deepEqual(services.calls, []);
	const {typist: user, view: seen} = await signedIn(t, 'tanuser');
	t.like(seen(), {selected: 3});
	await user.type('\r');
	t.like(seen(), {kind: 'conversation', title: '4  Tanium Status'});
});

test('help, and a way back that leads nowhere, keep the highlight', async t => {
	const {typist, view} = await signedIn(t);
	await typist.type('A-A\r\u001B[B?\r\r');
	t.like(view(), {path: ['A', 'A'], selected: 3});
	await typist.type('RR\r\u001B[BR\r');
	t.like(view(), {path: [], selected: 5});
});

test('an entry that cannot be opened shows the reason and keeps the highlight', async t => {
	const {typist, view} = await signedIn(t);
	await typist.type('2\r3\r');
	t.like(view(), {kind: 'menu', path: ['2'], selected: 2, notice: '2-3 (Manage License): not part of this release.'});
	await typist.type('99\r');
	t.like(view(), {path: ['2'], notice: 'There is no 99 here. Enter one of the keys shown, or ? for help.'});
});

test('help shows the keys and returns to the same menu', async t => {
	const {typist, view} = await signedIn(t);
	await typist.type('A-A\r?\r');
	t.not(view().kind, 'menu');
	await typist.type('\r');
	t.like(view(), {kind: 'menu', path: ['A', 'A']});
});

test('Z logs out from any menu, and the log-out is logged', async t => {
	const {typist, session, audited} = await signedIn(t);
	await typist.type('A-A\r');
	typist.send('z\r');
	t.is(await session.ended, 'signed-out');
	t.like((await audited()).at(-1), {event: 'sign-out', user: 'tanadmin'});
});

test('tanuser sees that other entries need an administrator', async t => {
	const {typist, view} = await signedIn(t, 'tanuser');
	for (const [entered, why] of [
		['2', '2 (Tanium Operations)'],
		['2-4', '2 (Tanium Operations)'],
		['A-A-4', 'A (Appliance Configuration)'],
		['C', 'C (User Administration)'],
	]) {
		await typist.type(`${entered}\r`);
		t.like(view(), {kind: 'menu', path: [], notice: `${why}: needs the tanadmin role.`});
	}
});

test('P changes the password of the signed-in user, and signs them out', async t => {
	const {typist, session, layout, audited} = await signedIn(t, 'tanuser');
	typist.send(`P\r${passwords.tanuser}\rBrand-New-Word-9\rBrand-New-Word-9\r\r`);
	t.is(await session.ended, 'signed-out');
	t.is((await accountFor(layout.accounts, 'tanuser', 'Brand-New-Word-9'))?.role, 'tanuser');
	t.is(await accountFor(layout.accounts, 'tanuser', passwords.tanuser), undefined);
	t.is((await accountFor(layout.accounts, 'tanadmin', passwords.tanadmin))?.role, 'tanadmin');
	t.like((await audited()).at(-1), {event: 'password-changed', user: 'tanuser'});
});

test('a weak new password and two that differ are asked again, and Ctrl+C changes nothing', async t => {
	const {typist, layout, said, view} = await signedIn(t);
	await typist.type(`P\r${passwords.tanadmin}\rshort\rBrand-New-Word-9\rBrand-New-Word-8\r`);
	t.true(said().some(text => text.startsWith('The new password lacks: at least 10 characters')));
	t.true(said().includes('The passwords do not match.'));
	await typist.type('\u0003');
	t.like(view(), {kind: 'menu', path: [], selected: 8});
	t.is((await accountFor(layout.accounts, 'tanadmin', passwords.tanadmin))?.role, 'tanadmin');
});

test('text typed at a pause is the next menu entry', async t => {
	const {typist, view} = await signedIn(t);
	await typist.type('P\rnot the password\r2-5\r');
	t.like(view(), {kind: 'menu', path: ['2', '5']});
});

test('a session that is typed ahead in one piece ends on the right screen', async t => {
	const {typist, session, services} = await typing(t);
	typist.send(`tanadmin\r${passwords.tanadmin}\r2\r1\r1\r1\rR\rRR\rZ\r`);
	t.is(await session.ended, 'signed-out');
	t.deepEqual(services.calls, ['start taniumserver']);
});

test('a Problem is shown with its hint, and the session continues', async t => {
	const {typist, said, view} = await signedIn(t);
	await typist.type('2-1\r3\r2\ryes\r');
	t.deepEqual(said().slice(-3), ['patch does not stop.', '', 'End it by hand.']);
	await typist.type('\r');
	t.like(view(), {kind: 'menu', path: ['2'], selected: 0});
});

test('any other error ends the session and shows a reference to the log', async t => {
	const {typist, session, services, view, audited} = await signedIn(t);
	services.state = async () => {
		throw new Error('a bug');
	};

	await typist.type('2-1\r');
	const crash = view();
	t.is(crash.kind, 'crash');
	typist.send('\r');
	t.is(await session.ended, 'crashed');
	const entry = (await audited()).at(-1)!;
	t.like(entry, {event: 'crash', ...(crash.kind === 'crash' && {reference: crash.reference})});
	t.true(entry['stack']!.startsWith('Error: a bug'));
});

test('closing the terminal at sign-in or in a menu ends the session', async t => {
	for (const opened of [await typing(t), await signedIn(t)]) {
		opened.session.store.hangUp();
		t.is(await opened.session.ended, 'gone');
	}
});

test('Ctrl+C at sign-in ends the session', async t => {
	const {typist, session} = await typing(t);
	await typist.type('tanad');
	typist.send('\u0003');
	t.is(await session.ended, 'refused');
});
