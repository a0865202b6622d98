import {mkdir} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {layoutOf} from '../../src/appliance/layout.js';
import {beginLogin} from '../../src/appliance/users/logins.js';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {hangUpWhenIdle, type After} from '../../src/console/idle.js';
import {Store} from '../../src/console/store.js';
import {mainMenu} from './typist.js';
import {signedIn, typing, passwords} from './console-session.js';

/** Time that passes when a test says so. */
class Clock {
	#now = 0;
	readonly #alarms = new Set<{at: number; ring: () => void}>();

	readonly after: After = (milliseconds, ring) => {
		const alarm = {at: this.#now + milliseconds, ring};
		this.#alarms.add(alarm);
		return () => this.#alarms.delete(alarm);
	};

	pass(seconds: number): void {
		this.#now += seconds * 1000;
		for (const alarm of [...this.#alarms].filter(({at}) => at <= this.#now)) {
			this.#alarms.delete(alarm);
			alarm.ring();
		}
	}
}

/** A session in which the menu timeout is this many seconds. */
async function timed(t: ExecutionContext, seconds: number) {
	const clock = new Clock();
	const opened = await typing(t, {after: clock.after});
	await mkdir(opened.layout.settings, {recursive: true});
	await setSecuritySetting(opened.layout, 'menuTimeoutSeconds', seconds, {user: 'tanadmin', from: 'console'});
	await opened.typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	return {...opened, clock};
}

test('a session without a keystroke is signed out, and the log has the reason', async t => {
	const {session, clock, audited} = await timed(t, 60);
	clock.pass(59);
	t.false(session.store.gone);
	clock.pass(1);
	t.is(await session.ended, 'idle');
	t.like((await audited()).at(-1), {event: 'sign-out', user: 'tanadmin', from: 'console', result: 'idle'});
});

test('every key restarts the idle time, in menus and in flows', async t => {
	const {session, clock, typist} = await timed(t, 60);
	for (const keys of ['2', '\r', '1\r', '1', '\u007F']) {
		clock.pass(59);
		await typist.type(keys);
	}

	t.false(session.store.gone);
	clock.pass(60);
	t.is(await session.ended, 'idle');
});

test('a changed timeout applies from the next session', async t => {
	const {session, layout, clock} = await timed(t, 60);
	await setSecuritySetting(layout, 'menuTimeoutSeconds', 10, {user: 'tanadmin', from: 'console'});
	clock.pass(59);
	t.false(session.store.gone);
});

test('with 0 a session is never signed out', async t => {
	const {session, clock} = await timed(t, 0);
	clock.pass(10_000_000);
	t.false(session.store.gone);
});

test('work is not interrupted, and the idle time starts when it has ended', async t => {
	const clock = new Clock();
	const store = new Store(mainMenu);
	const entered = store.entered();
	using _idle = hangUpWhenIdle(store, 10, clock.after);
	const end = store.activity.begin();
	clock.pass(100);
	t.false(store.gone);
	end();
	store.change({line: ''}); // As the next question does.
	clock.pass(9);
	t.false(store.gone);
	clock.pass(1);
	t.is(store.hungUp, 'idle');
	await t.throwsAsync(entered, {name: 'Cancelled'});
});

test('what is shown while a key is waited for does not restart the idle time', async t => {
	const {session, clock, typist} = await timed(t, 60);
	await typist.type('3-L\r1\r2\r');
	clock.pass(59);
	session.store.change({columns: 100});
	clock.pass(1);
	t.is(await session.ended, 'idle');
});

test('a user with too many open consoles is refused', async t => {
	const {layout, typist, session, said} = await typing(t);
	await setSecuritySetting(layout, 'maximumLogins', 1, {user: 'tanadmin', from: 'console'});
	const other = await beginLogin(layoutOf(layout.root), {user: 'tanadmin', from: '192.0.2.1'});
	await typist.type(`tanadmin\r${passwords.tanadmin}\r`);
	t.true(said().includes('tanadmin already has 1 console open; the maximum is 1.'));
	t.is(session.store.state.user, undefined);
	typist.send('\r');
	t.is(await session.ended, 'refused');
	await other[Symbol.asyncDispose]();
});

test('a session that has ended no longer counts towards the maximum', async t => {
	const {layout, typist, session} = await signedIn(t);
	await setSecuritySetting(layout, 'maximumLogins', 1, {user: 'tanadmin', from: 'console'});
	await t.throwsAsync(beginLogin(layout, {user: 'tanadmin', from: 'console'}), {code: 'too-many-logins'});
	typist.send('z\r');
	t.is(await session.ended, 'signed-out');
	await using _login = await beginLogin(layout, {user: 'tanadmin', from: 'console'});
	t.pass();
});
