import test from 'ava';
import {rootMenu} from '../../src/console/menus.js';
import {itemsIn} from './menu-items.js';

const items = itemsIn(rootMenu);

/** The keys that Tanium or DISA have published, as paths, with their labels. */
const published: Array<[path: string, label: string]> = [
	['1', 'Tanium Installation'],
	['1-1', 'Install All-in-One'],
	['2', 'Tanium Operations'],
	['2-2', 'Configuration Settings'],
	['2-2-1', 'Edit Tanium Server Settings'],
	['2-2-9', 'Edit TZS Settings'],
	['2-4', 'Install Custom SOAP Cert'],
	['2-5', 'Manage Custom Signing Keys'],
	['2-5-L', 'List Content Signing Keys'],
	['2-7', 'Download SOAP Certificate'],
	['2-I', 'Import Public Key'],
	['2-X', 'Advanced Operations'],
	['2-X-4', 'Manage HTML Banner'],
	['3', 'Tanium Support'],
	['3-3', 'Tanium Database Operations'],
	['3-3-D', 'Database Memory Plan'],
	['3-3-D-S', 'Select DB Memory Plan'],
	['3-3-D-A', 'Save and Apply'],
	['3-5', 'Run a Health Check'],
	['3-6', 'Show the Last Scheduled Health Check Results'],
	['A', 'Appliance Configuration'],
	['A-1', 'Hostname/DNS Configuration'],
	['A-1-2', 'DNS Servers'],
	['A-2', 'Networking Configuration'],
	['A-2-1', 'Network Interfaces'],
	['A-3', 'NTP Configuration'],
	['A-4', 'Syslog Configuration'],
	['A-4-1', 'Check Current Status'],
	['A-4-5', 'Configure Syslog Forwarding'],
	['A-5', 'SNMP Configuration'],
	['A-5-S', 'Set Password and Start the SNMP Service'],
	['A-A', 'Security'],
	['A-A-2', 'Manage SSH'],
	['A-A-3', 'Configure SSH Banner'],
	['A-A-4', 'View SSH Fingerprints'],
	['A-A-6', 'Manage HTTPS'],
	['A-A-P', 'Security Policy'],
	['A-A-P-L', 'Account Lockout Time'],
	['A-A-P-M', 'Maximum Concurrent Logins'],
	['A-A-X', 'Advanced Security'],
	['A-A-X-1', 'FIPS 140-2 Mode'],
	['A-A-X-5', 'Set Menu Timeout'],
	['A-A-X-6', 'DoS Protection'],
	['B', 'Appliance Maintenance'],
	['B-3', 'Upgrade TanOS'],
	['B-B', 'Reboot/Shutdown'],
	['B-B-1', 'Reboot'],
	['C', 'User Administration'],
	['C-U', 'TanOS User Management'],
	['C-L', 'Local Tanium User Management'],
	['C-L-2', 'Manage Local Users'],
	['C-L-B', 'Security Policy Local Authentication Service'],
	['C-M', 'Multi-Factor Global Settings'],
	['C-M-M', 'Require Multi-Factor Authentication'],
	['C-M-E', 'Enable Multi-Factor Authentication'],
	['P', 'Change Password'],
	['Z', 'Log Out'],
];

test('every published key is in its place and marked as documented', t => {
	const tree = new Map(items.map(({path, item}) => [path.join('-'), item]));
	for (const [path, label] of published) {
		const item = tree.get(path);
		t.is(item?.label, label, path);
		t.is(item?.provenance, 'documented', path);
	}
});

test('nothing is marked as documented that was not published', t => {
	// The plans of 3-3-D-S were published as keys without labels.
	const known = new Set([...published.map(([path]) => path), ...['T', 'D', 'S', 'M', 'L', 'X'].map(key => `3-3-D-S-${key}`)]);
	t.deepEqual(
		items.filter(({path, item}) => item.provenance === 'documented' && !known.has(path.join('-'))).map(({path}) => path.join('-')),
		[],
	);
});
