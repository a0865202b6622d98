import test from 'ava';
import {destinationOf} from '../../src/console/navigation.js';
import {itemOf, menuAt, rootMenu, whyDimmed, whyDisabled, type Menu, type MenuItem} from '../../src/console/menus.js';
import {itemsIn} from './menu-items.js';

function* menusOf(menu: Menu, path: string[] = []): Generator<{path: string[]; menu: Menu}> {
	yield {path, menu};
	for (const item of menu.items) {
		if ('menu' in item) {
			yield* menusOf(item.menu, [...path, item.key]);
		}
	}
}

const items = itemsIn(rootMenu);
const openTo = (role: 'tanadmin' | 'tanuser') =>
	items
		.filter(({item}) => !('menu' in item) && whyDisabled(item, role) === undefined)
		.map(({path, item}) => `${path.join('-')} ${item.label}`);

test('no two items of a menu share a key', t => {
	for (const {path, menu} of menusOf(rootMenu)) {
		t.is(new Set(menu.items.map(({key}) => key)).size, menu.items.length, path.join('-'));
	}
});

test('no two items of a menu share a label', t => {
	for (const {path, menu} of menusOf(rootMenu)) {
		t.is(new Set(menu.items.map(({label}) => label)).size, menu.items.length, path.join('-'));
	}
});

test('every key is one digit or capital letter, so that paths can be typed with hyphens', t => {
	for (const {path, item} of items) {
		t.regex(item.key, /^[\dA-Z]$/, path.join('-'));
	}
});

test('no item uses R, and only the main menu has Z', t => {
	for (const {path, item} of items) {
		t.not(item.key, 'R', path.join('-'));
		t.is(item.key === 'Z', 'command' in item, path.join('-'));
		t.true(item.key !== 'Z' || path.length === 1, path.join('-'));
	}
});

test('no menu is empty', t => {
	for (const {path, menu} of menusOf(rootMenu)) {
		t.true(menu.items.length > 0, path.join('-'));
	}
});

test('the title of a menu is the label that opens it', t => {
	for (const {path, item} of items) {
		if ('menu' in item) {
			t.is(menuAt(path).title, item.label);
		}
	}
});

test('labels and reasons are plain ASCII, which every console font has', t => {
	for (const {item} of items) {
		t.regex(`${item.label}${whyDisabled(item, 'tanadmin') ?? ''}`, /^[ -~]+$/);
	}
});

test('a disabled item shows its reason to every role', t => {
	const disabled = items.filter(({item}) => 'disabled' in item);
	t.true(disabled.length > 0);
	for (const {item} of disabled) {
		t.is(whyDisabled(item, 'tanadmin'), 'not part of this release');
		t.is(whyDisabled(item, 'tanuser'), 'not part of this release');
	}
});

test('a menu in which nothing works is dimmed with the reason, and can be opened', t => {
	const works = (item: MenuItem): boolean => ('menu' in item ? item.menu.items.some(entry => works(entry)) : !('disabled' in item));
	const dimmed = items.filter(({item}) => 'menu' in item && !works(item));
	t.deepEqual(
		dimmed.map(({path}) => path.join('-')),
		['1', '2-2', '2-5', '2-X', '3-3', '3-3-D', '3-3-D-S', 'A-1', 'A-2', 'A-4', 'A-5', 'B-B', 'C-L', 'C-M'],
	);
	for (const {path, item} of items) {
		t.is(whyDimmed(item, 'tanadmin') === undefined, works(item), path.join('-'));
		t.is(whyDimmed(item, 'tanadmin'), works(item) ? undefined : 'not part of this release', path.join('-'));
	}

	t.is(whyDisabled(itemOf(rootMenu, '1')!, 'tanadmin'), undefined);
});

test('an item is found by its key in upper or lower case', t => {
	t.is(itemOf(rootMenu, 'a'), itemOf(rootMenu, 'A'));
	t.is(itemOf(rootMenu, 'a')?.label, 'Appliance Configuration');
	t.is(itemOf(rootMenu, ''), undefined);
	t.is(itemOf(rootMenu, 'constructor'), undefined);
});

test('a path that leads to no menu throws', t => {
	t.throws(() => menuAt(['2', '4']), {message: 'no menu at 2-4'});
	t.throws(() => menuAt(['8']), {message: 'no menu at 8'});
});

test('an administrator can open these', t => {
	t.deepEqual(openTo('tanadmin'), [
		'2-1 Start, Stop and Restart Tanium Services',
		'2-4 Install Custom SOAP Cert',
		'2-7 Download SOAP Certificate',
		'2-B SOAP Certificate Backups',
		'2-C-1 Create a Request',
		'2-C-2 Show, Copy and Delete Requests',
		'2-C-3 Sign with the Lab CA',
		'2-E Install SOAP Cert without Losing Trust',
		'2-H SOAP Certificate History',
		'2-M Configure Module Server',
		'2-S Install Module Server Cert',
		'3-5 Run a Health Check',
		'3-6 Show the Last Scheduled Health Check Results',
		'3-L View Logs',
		'4 Tanium Status',
		'A-A-3 Configure SSH Banner',
		'A-A-4 View SSH Fingerprints',
		'A-A-P-L Account Lockout Time',
		'A-A-P-M Maximum Concurrent Logins',
		'A-A-P-B Backups to Keep',
		'A-A-P-S Session Recording',
		'A-A-X-5 Set Menu Timeout',
		'B-K Backup Key',
		'C-U TanOS User Management',
		'D-1 Create Array',
		'D-2 Add Member',
		'D-3 Refresh Array',
		'D-4 Assign Roles',
		'D-5 Roll Out SOAP Cert',
		'D-L List Members',
		'D-X Remove Member',
		'P Change Password',
		'Z Log Out',
	]);
});

test('tanuser can open the status, change their password, and log out', t => {
	t.deepEqual(openTo('tanuser'), ['4 Tanium Status', 'P Change Password', 'Z Log Out']);
	const menus = rootMenu.items.filter(item => 'menu' in item);
	t.deepEqual([...new Set(menus.map(item => whyDisabled(item, 'tanuser')))], ['needs the tanadmin role']);
});

test('on a Module Server without a Tanium Server the entries for the SOAP certificate say so, and no path leads to them', t => {
	const closed = items
		.filter(({item}) => whyDisabled(item, 'tanadmin', 'module-server')?.startsWith('only on'))
		.map(({path, item}) => `${path.join('-')} ${whyDisabled(item, 'tanadmin', 'module-server')}`);
	t.deepEqual(
		closed,
		['2-4', '2-7', '2-B', '2-C', '2-E'].map(path => `${path} only on a Tanium Server`),
	);
	t.deepEqual(destinationOf('2-C-1', [], 'tanadmin', 'module-server'), {
		to: 'nowhere',
		why: '2-C (SOAP Certificate Requests): only on a Tanium Server.',
	});
	t.is(destinationOf('2-4', [], 'tanadmin', 'tanium-server').to, 'flow');
	t.is(destinationOf('2-S', [], 'tanadmin', 'module-server').to, 'flow');
	t.is(destinationOf('2-S', [], 'tanadmin', 'tanium-server').to, 'nowhere');
});
