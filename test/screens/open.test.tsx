import test, {type ExecutionContext} from 'ava';
import {openConsole} from '../../screens/open.js';
import {clipboardSequence} from '../../src/console/clipboard.js';
import {open, passwords} from '../console/console-session.js';
import {VirtualTty} from './virtual-tty.js';

type Options = {columns?: number; rows?: number; delay?: () => void};

/** A console on a virtual terminal, at its sign-in. */
async function show(t: ExecutionContext, {columns = 80, rows = 24, delay}: Options = {}) {
	const visit = await open(t);
	const tty = new VirtualTty(columns, rows, delay);
	const shown = Promise.withResolvers<void>();
	const ended = openConsole(visit.session, {stdin: tty.stdin, stdout: tty.stdout, marks: true, shown: shown.resolve});
	t.teardown(async () => {
		visit.session.store.hangUp();
		await ended.catch(() => {});
	});
	await shown.promise;
	return {...visit, tty, ended, screen: () => tty.screen};
}

async function showMenu(t: ExecutionContext, options: Options = {}) {
	const shown = await show(t, options);
	await shown.tty.type(`tanadmin\r${passwords.tanadmin}\r`);
	return shown;
}

/** The title and the highlighted entry of a screen. */
function mapPath(screen: string): string {
	const lines = screen.split('\n');
	return [lines[2], lines.find(line => line.startsWith(' > '))].map(line => line?.trim()).join(' / ');
}

test.serial('the first frame stands when it is said to stand', async t => {
	const {screen} = await show(t);
	t.snapshot(screen());
});

test.serial('a visit from sign-in to log out, frame by frame', async t => {
	const {tty, screen, ended} = await show(t);
	for (const typed of [`tanadmin\r${passwords.tanadmin}\r`, '2', '\r', '3\r', '2-1\r', '\u001B[B', '\r', '1\r', '\u001B', '?\r', '\r']) {
		await tty.type(typed);
		t.snapshot(screen().replace(/\d+\.\d\d s/, '0.00 s'), `after ${JSON.stringify(typed.replace(passwords.tanadmin, '...'))}`);
	}

	tty.send('z\r');
	t.is(await ended, 'signed-out');
});

test.serial('a burst of keys ends in the right place, 100 of 100 times', async t => {
	const {tty, screen, services} = await showMenu(t);
	services.reads = 3;
	for (let round = 1; round <= 100; round++) {
		await services.stop('taniummoduleserver'); // What runs already is not started again.
		services.calls.length = 0;
		await tty.type('2\r1\r\u001B[B\u001B[B\u001B[A\r\u001B[B\u001B[A1\r');
		t.deepEqual(services.calls, ['start taniummoduleserver'], `round ${round}`);
		t.is(mapPath(screen()), '2-1  Start, Stop and Restart Tanium Services / > 1   taniumserver          stopped', `round ${round}`);
		await tty.type('R\rRR\r');
		t.is(mapPath(screen()), 'Main Menu / > 2   Tanium Operations', `round ${round}`);
	}
});

test.serial('a burst ends in the right place on a terminal that is slow to draw', async t => {
	const {tty, screen} = await showMenu(t, {
		delay() {
			const until = performance.now() + 8;
			while (performance.now() < until) {
				// A slow line: nothing else happens meanwhile.
			}
		},
	});
	for (let round = 1; round <= 10; round++) {
		await tty.type('2\r5\r\u001B[B');
		t.is(
			mapPath(screen()),
			'2-5  Manage Custom Signing Keys / > A   Add Content Signing Key  (not part of this release)',
			`round ${round}`,
		);
		await tty.type('rr\ra\rA\r');
		t.is(mapPath(screen()), 'A-A  Security / > 3   Configure SSH Banner', `round ${round}`);
		await tty.type('RR\r');
	}
});

test.serial('a change of size draws the whole frame anew, smaller and larger', async t => {
	const {tty, screen, session} = await showMenu(t);
	const before = screen();
	for (const [columns, rows] of [
		[40, 12],
		[132, 43],
		[80, 24],
	] as const) {
		await tty.resize(columns, rows);
		t.like(session.store.state, {columns, rows});
		const lines = screen().split('\n');
		t.is(lines[1], '-'.repeat(columns));
		t.is(lines.at(-4), '-'.repeat(columns));
		t.is(lines.filter(line => line.includes('TanOS')).length, 1);
	}

	t.is(screen(), before);
});

test.serial('a change of size keeps what is being typed', async t => {
	const {tty, screen} = await showMenu(t);
	await tty.type('2-4');
	await tty.resize(100, 30);
	t.true(screen().includes('Enter a key: 2-4_'));
});

test.serial('a terminal that says it has no size is taken for one of 80 x 24', async t => {
	const {tty, session} = await showMenu(t);
	Object.defineProperties(tty.stdout, {columns: {value: 0}, rows: {value: undefined}});
	await tty.resize(80, 24);
	t.like(session.store.state, {columns: 80, rows: 24});
});

test.serial('a password never reaches the terminal', async t => {
	const {tty, screen} = await show(t);
	await tty.type(`tanadmin\r${passwords.tanadmin}`);
	t.true(screen().includes(`Password: ${'*'.repeat(passwords.tanadmin.length)}_`));
	t.false(tty.written.includes(passwords.tanadmin));
});

test.serial('logging out leaves the terminal as it was', async t => {
	const {tty, ended, screen} = await showMenu(t);
	t.true(tty.isRaw);
	tty.send('Z\r');
	await ended;
	t.false(tty.isRaw);
	t.regex(tty.written, /\u001B\[\?1049l.*\u001B\[\?25h/s);
	t.is(screen().trim(), '');
});

test.serial('a terminal that goes away ends the session', async t => {
	const {tty, ended} = await showMenu(t);
	await tty.close();
	t.is(await ended, 'gone');
});

test.serial('a terminal that goes away during work waits for its end', async t => {
	const {tty, ended, services, session} = await showMenu(t);
	const work = Promise.withResolvers<void>();
	services.start = async () => work.promise;
	tty.send('2-1\r1\r1\r');
	await tty.until(() => tty.terminal.screen().includes('Start taniumserver'));
	const order: string[] = [];
	void session.ended.then(() => order.push('session ended'));
	await tty.close();
	order.push('work ended');
	work.resolve();
	t.is(await ended, 'gone');
	t.deepEqual(order, ['work ended', 'session ended']);
});

test.serial('a session that was idle for too long leaves the terminal as it was', async t => {
	const {session, ended, tty} = await showMenu(t);
	session.store.hangUp('idle');
	t.is(await ended, 'idle');
	t.notRegex(tty.screen, /Main Menu/);
});

test.serial('a fault while drawing ends the session and says what it was', async t => {
	const {session, ended} = await showMenu(t);
	session.store.change({view: {kind: 'menu', path: ['no', 'such', 'menu'], selected: 0, notice: ''}});
	await t.throwsAsync(ended, {message: 'no menu at no-such-menu'});
	t.true(session.store.gone);
});

test.serial('without a wish for marks none are written', async t => {
	const visit = await open(t);
	const tty = new VirtualTty(80, 24);
	const ended = openConsole(visit.session, {stdin: tty.stdin, stdout: tty.stdout, marks: false, shown() {}});
	tty.send('\u0003tanad');
	await tty.until(() => tty.terminal.screen().includes('Login: tanad'));
	t.is(tty.terminal.ready.marks, 0);
	await tty.close();
	t.is(await ended, 'gone');
});

test.serial('what is sent to the clipboard reaches the terminal and leaves the screen as it is', async t => {
	const {session, tty, screen} = await showMenu(t);
	const before = screen();
	session.store.write(clipboardSequence('text'));
	await tty.until(() => tty.written.includes('\u001B]52;c;dGV4dA==\u0007'));
	await tty.resize(80, 24);
	t.is(screen(), before);
});
