// The whole TanOS menu tree as one table. Screens, hints, paths and the list of chosen keys in docs/tanos.md come from it. A
// disabled entry keeps its place and shows the reason, so that users of TanOS find every entry where they expect it.
import {hasServer, type Machine, type Role, type Server} from '../appliance/roles.js';
import type {FlowName} from './flow-names.js';
import {notOnHost} from './not-on-host.js';

export const userRoles = ['tanadmin', 'tanuser'] as const;
export type UserRole = (typeof userRoles)[number];

/** Where an entry's key comes from: documented by Tanium or DISA, or chosen here because it is not documented. */
type Provenance = 'documented' | 'chosen';

export type MenuItem = {
	key: string;
	label: string;
	provenance: Provenance;
	roles: readonly UserRole[];
	/** The server that an appliance must have for it. */
	needs?: Server;
} & ({menu: Menu} | {flow: FlowName} | {command: 'log-out'} | {disabled: string});

export type Menu = {
	title: string;
	items: readonly MenuItem[];
};

const notHere = 'not part of this release';
const administrators = ['tanadmin'] as const;
const everyone = ['tanadmin', 'tanuser'] as const;

function opens(key: string, label: string, provenance: Provenance, items: MenuItem[]): MenuItem {
	return {key, label, provenance, roles: administrators, menu: {title: label, items}};
}

function runs(key: string, label: string, provenance: Provenance, flow: FlowName, roles: readonly UserRole[] = administrators): MenuItem {
	return {key, label, provenance, roles, flow};
}

function onTaniumServer(item: MenuItem): MenuItem {
	return {...item, needs: 'Tanium Server'};
}

function onModuleServer(item: MenuItem): MenuItem {
	return {...item, needs: 'Module Server'};
}

function known(key: string, label: string): MenuItem {
	return {key, label, provenance: 'documented', roles: administrators, disabled: notHere};
}

function chosen(key: string, label: string): MenuItem {
	return {key, label, provenance: 'chosen', roles: administrators, disabled: notHere};
}

const installation = [
	known('1', 'Install All-in-One'),
	chosen('2', 'Install Tanium Server'),
	chosen('3', 'Install Tanium Module Server'),
	chosen('4', 'Install Tanium Zone Server'),
	chosen('5', 'Install Cloud Access Point'),
	chosen('6', 'Add or Remove Zone Server Hub'),
];

const configurationSettings = [known('1', 'Edit Tanium Server Settings'), known('9', 'Edit TZS Settings')];

const requests = [
	runs('1', 'Create a Request', 'chosen', 'create-request'),
	runs('2', 'Show, Copy and Delete Requests', 'chosen', 'manage-requests'),
	runs('3', 'Sign with the Lab CA', 'chosen', 'sign-in-lab'),
];

const operations = [
	runs('1', 'Start, Stop and Restart Tanium Services', 'chosen', 'control-services'),
	opens('2', 'Configuration Settings', 'documented', configurationSettings),
	chosen('3', 'Manage License'),
	onTaniumServer(runs('4', 'Install Custom SOAP Cert', 'documented', 'install-soap-certificate')),
	opens('5', 'Manage Custom Signing Keys', 'documented', [known('L', 'List Content Signing Keys'), chosen('A', 'Add Content Signing Key')]),
	chosen('6', 'Tanium PKI'),
	onTaniumServer(runs('7', 'Download SOAP Certificate', 'documented', 'download-soap-certificate')),
	onTaniumServer(runs('B', 'SOAP Certificate Backups', 'chosen', 'manage-backups')),
	onTaniumServer(opens('C', 'SOAP Certificate Requests', 'chosen', requests)),
	chosen('D', 'Install Direct Connect Zone Proxy'),
	onTaniumServer(runs('E', 'Install SOAP Cert without Losing Trust', 'chosen', 'install-with-overlap')),
	runs('H', 'SOAP Certificate History', 'chosen', 'show-history'),
	known('I', 'Import Public Key'),
	runs('M', 'Configure Module Server', 'chosen', 'configure-module-server'),
	onModuleServer(runs('S', 'Install Module Server Cert', 'chosen', 'install-module-server-certificate')),
	opens('X', 'Advanced Operations', 'documented', [known('4', 'Manage HTML Banner')]),
];

const memoryPlan = [
	opens(
		'S',
		'Select DB Memory Plan',
		'documented',
		['T', 'D', 'S', 'M', 'L', 'X'].map(key => known(key, `Plan ${key}`)),
	),
	known('A', 'Save and Apply'),
];

const support = [
	opens('3', 'Tanium Database Operations', 'documented', [opens('D', 'Database Memory Plan', 'documented', memoryPlan)]),
	runs('5', 'Run a Health Check', 'documented', 'check-health'),
	runs('6', 'Show the Last Scheduled Health Check Results', 'documented', 'show-scheduled-health'),
	chosen('G', 'Collect a Support Package (TSG)'),
	runs('L', 'View Logs', 'chosen', 'view-logs'),
	chosen('S', 'Request Shell Access'),
];

const security = [
	chosen('1', 'LDAPS and StartTLS Certificates'),
	known('2', 'Manage SSH'),
	runs('3', 'Configure SSH Banner', 'documented', 'configure-banner'),
	runs('4', 'View SSH Fingerprints', 'documented', 'show-ssh-fingerprints'),
	known('6', 'Manage HTTPS'),
	opens('P', 'Security Policy', 'documented', [
		runs('L', 'Account Lockout Time', 'documented', 'set-lockout-time'),
		runs('M', 'Maximum Concurrent Logins', 'documented', 'set-maximum-logins'),
		runs('B', 'Backups to Keep', 'chosen', 'set-backup-retention'),
		runs('S', 'Session Recording', 'chosen', 'set-session-recording'),
	]),
	opens('X', 'Advanced Security', 'documented', [
		known('1', 'FIPS 140-2 Mode'),
		runs('5', 'Set Menu Timeout', 'documented', 'set-menu-timeout'),
		known('6', 'DoS Protection'),
	]),
];

const configuration = [
	opens('1', 'Hostname/DNS Configuration', 'documented', [chosen('1', 'Hostname'), known('2', 'DNS Servers')]),
	opens('2', 'Networking Configuration', 'documented', [known('1', 'Network Interfaces')]),
	known('3', 'NTP Configuration'),
	opens('4', 'Syslog Configuration', 'documented', [known('1', 'Check Current Status'), known('5', 'Configure Syslog Forwarding')]),
	opens('5', 'SNMP Configuration', 'documented', [known('S', 'Set Password and Start the SNMP Service')]),
	opens('A', 'Security', 'documented', security),
];

const maintenance = [
	chosen('1', 'Backup'),
	chosen('2', 'Partition Sync'),
	known('3', 'Upgrade TanOS'),
	opens('B', 'Reboot/Shutdown', 'documented', [known('1', 'Reboot'), chosen('2', 'Shut Down')]),
	runs('K', 'Backup Key', 'chosen', 'set-backup-key'),
];

const users = [
	runs('U', 'TanOS User Management', 'documented', 'manage-users'),
	opens('L', 'Local Tanium User Management', 'documented', [
		known('2', 'Manage Local Users'),
		known('B', 'Security Policy Local Authentication Service'),
	]),
	opens('M', 'Multi-Factor Global Settings', 'documented', [
		known('M', 'Require Multi-Factor Authentication'),
		known('E', 'Enable Multi-Factor Authentication'),
	]),
];

const array = [
	runs('1', 'Create Array', 'chosen', 'create-array'),
	runs('2', 'Add Member', 'chosen', 'add-array-member'),
	runs('3', 'Refresh Array', 'chosen', 'refresh-array'),
	runs('4', 'Assign Roles', 'chosen', 'assign-roles'),
	runs('5', 'Roll Out SOAP Cert', 'chosen', 'roll-out-soap-certificate'),
	runs('L', 'List Members', 'chosen', 'list-array-members'),
	runs('X', 'Remove Member', 'chosen', 'remove-array-member'),
];

/** The main menu. */
export const rootMenu: Menu = {
	title: 'Main Menu',
	items: [
		opens('1', 'Tanium Installation', 'documented', installation),
		opens('2', 'Tanium Operations', 'documented', operations),
		opens('3', 'Tanium Support', 'documented', support),
		runs('4', 'Tanium Status', 'chosen', 'show-status', everyone),
		opens('A', 'Appliance Configuration', 'documented', configuration),
		opens('B', 'Appliance Maintenance', 'documented', maintenance),
		opens('C', 'User Administration', 'documented', users),
		opens('D', 'Appliance Array', 'chosen', array),
		runs('P', 'Change Password', 'documented', 'change-password', everyone),
		{key: 'Z', label: 'Log Out', provenance: 'documented', roles: everyone, command: 'log-out'},
	],
};

/** Why a user of this role cannot open the item on this machine; undefined when it can be opened. */
export function whyDisabled(item: MenuItem, role: UserRole, machine: Machine = 'all-in-one'): string | undefined {
	if ('disabled' in item) {
		return item.disabled;
	}

	const why = machine === 'host' ? whyNotOnHost(item) : whyNotOnAppliance(item, machine);
	return why ?? (item.roles.includes(role) ? undefined : `needs the ${item.roles[0]} role`);
}

function whyNotOnAppliance({needs}: MenuItem, role: Role): string | undefined {
	return needs === undefined || hasServer(role, needs) ? undefined : `only on a ${needs}`;
}

function whyNotOnHost(item: MenuItem): string | undefined {
	return 'flow' in item ? notOnHost[item.flow] : undefined;
}

/**
 * Why an entry is drawn like one that does not work: it cannot be opened, or it opens a menu in which nothing can. Such a menu can be
 * opened all the same, to look at its entries.
 */
export function whyDimmed(item: MenuItem, role: UserRole, machine?: Machine): string | undefined {
	const why = whyDisabled(item, role, machine);
	if (why !== undefined || !('menu' in item)) {
		return why;
	}

	const reasons = item.menu.items.map(entry => whyDimmed(entry, role, machine));
	return reasons.includes(undefined) ? undefined : reasons[0];
}

/** The menu that a path of keys leads to, such as `['A', 'A']`. The path must be one of this tree. */
export function menuAt(path: readonly string[]): Menu {
	let menu = rootMenu;
	for (const key of path) {
		const item = itemOf(menu, key);
		if (!item || !('menu' in item)) {
			throw new Error(`no menu at ${path.join('-')}`);
		}
		menu = item.menu;
	}

	return menu;
}

/** The item with this key, in either case. */
export function itemOf(menu: Menu, key: string): MenuItem | undefined {
	return menu.items.find(item => item.key === key.toUpperCase());
}
