import test from 'ava';
import {rootMenu, whyDisabled, type Menu} from '../../src/console/menus.js';
import {destinationOf} from '../../src/console/navigation.js';

function go(entered: string, path: string[] = [], role: 'tanadmin' | 'tanuser' = 'tanadmin') {
	return destinationOf(entered, path, role);
}

function why(entered: string, path: string[] = [], role: 'tanadmin' | 'tanuser' = 'tanadmin'): string {
	const destination = go(entered, path, role);
	return destination.to === 'nowhere' ? destination.why : `goes to ${destination.to}`;
}

test('a key opens its menu, in upper or lower case and with blanks around it', t => {
	t.deepEqual(go('2'), {to: 'menu', path: ['2']});
	t.deepEqual(go(' a '), {to: 'menu', path: ['A']});
	t.deepEqual(go('A', ['A']), {to: 'menu', path: ['A', 'A']});
});

test('a key opens its flow', t => {
	t.deepEqual(go('4', ['2']), {to: 'flow', flow: 'install-soap-certificate', path: ['2', '4'], label: 'Install Custom SOAP Cert'});
	t.deepEqual(go('p'), {to: 'flow', flow: 'change-password', path: ['P'], label: 'Change Password'});
});

test('a path starts at the main menu, wherever it is entered', t => {
	for (const from of [[], ['2'], ['A', 'A']]) {
		t.like(go('2-4', from), {to: 'flow', path: ['2', '4']});
		t.deepEqual(go('a-a', from), {to: 'menu', path: ['A', 'A']});
		t.like(go('A - A - 4', from), {to: 'flow', path: ['A', 'A', '4']});
	}
});

test('R goes back one menu and stays in the main menu', t => {
	t.deepEqual(go('r', ['A', 'A']), {to: 'menu', path: ['A']});
	t.deepEqual(go('R', ['A']), {to: 'menu', path: []});
	t.deepEqual(go('R'), {to: 'menu', path: []});
});

test('RR goes to the main menu from anywhere', t => {
	t.deepEqual(go('rr', ['A', 'A', 'X']), {to: 'menu', path: []});
	t.deepEqual(go('RR'), {to: 'menu', path: []});
});

test('Z logs out and ? shows the keys from anywhere', t => {
	for (const path of [[], ['2'], ['A', 'A', 'X']]) {
		t.deepEqual(go('z', path), {to: 'log-out'});
		t.deepEqual(go('?', path), {to: 'help'});
	}
});

test('an unknown key is named in the notice and changes nothing', t => {
	t.is(why('8'), 'There is no 8 here. Enter one of the keys shown, or ? for help.');
	t.is(why('quit', ['2']), 'There is no QUIT here. Enter one of the keys shown, or ? for help.');
	t.is(why('__proto__'), 'There is no __PROTO__ here. Enter one of the keys shown, or ? for help.');
});

test('a path that leads nowhere is reported with the part that is wrong', t => {
	t.is(why('2-8'), 'There is no 2-8: 2 has no 8.');
	t.is(why('8-2'), 'There is no 8-2: the main menu has no 8.');
	t.is(why('2-4-1'), 'There is no 2-4-1: 2-4 is not a menu.');
	t.deepEqual(go('2-'), {to: 'menu', path: ['2']}, 'a dash too many is no key');
	t.deepEqual(go('-'), {to: 'menu', path: []});
});

test('a disabled entry shows its reason, even in the middle of a path', t => {
	t.is(why('3', ['A']), 'A-3 (NTP Configuration): not part of this release.');
	t.is(why('A-3'), 'A-3 (NTP Configuration): not part of this release.');
	t.is(why('A-3-1'), 'A-3 (NTP Configuration): not part of this release.');
});

test('tanuser is shown the required role, by key and by path', t => {
	t.is(why('2', [], 'tanuser'), '2 (Tanium Operations): needs the tanadmin role.');
	t.is(why('2-4', [], 'tanuser'), '2 (Tanium Operations): needs the tanadmin role.');
	t.is(why('4', ['2'], 'tanuser'), '2-4 (Install Custom SOAP Cert): needs the tanadmin role.');
	t.like(go('4', [], 'tanuser'), {to: 'flow', flow: 'show-status'});
	t.like(go('P', [], 'tanuser'), {to: 'flow', flow: 'change-password'});
});

/** Goes to every item, by its whole path and by its key from its own menu. */
function session(menu: Menu, path: string[], look: (whole: string, path: string[], key: string, reason: string | undefined) => void): void {
	for (const item of menu.items) {
		look([...path, item.key].join('-'), path, item.key, whyDisabled(item, 'tanadmin'));
		if ('menu' in item) {
			session(item.menu, [...path, item.key], look);
		}
	}
}

test('every entry is reached by its path and by its key, or shows why not', t => {
	let count = 0;
	session(rootMenu, [], (whole, path, key, reason) => {
		count++;
		t.deepEqual(go(whole), go(key, path), whole);
		t.is(go(whole).to === 'nowhere', reason !== undefined, whole);
		t.true(reason === undefined || why(whole).endsWith(`: ${reason}.`), whole);
	});
	t.true(count > 60);
});
