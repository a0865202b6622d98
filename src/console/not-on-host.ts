import type {FlowName} from './flow-names.js';

/** The flows that do not work on a Linux host, with the reason, which says what does it there. */
export const notOnHost: Readonly<Partial<Record<FlowName, string>>> = {
	'add-array-member': 'not on a Linux host',
	'assign-roles': 'not on a Linux host',
	'change-password': 'on a Linux host: passwd',
	'configure-banner': 'on a Linux host: Banner in sshd_config',
	'configure-module-server': 'not on a Linux host',
	'create-array': 'not on a Linux host',
	'install-module-server-certificate': 'not on a Linux host',
	'install-with-overlap': 'not on a Linux host',
	'list-array-members': 'not on a Linux host',
	'refresh-array': 'not on a Linux host',
	'remove-array-member': 'not on a Linux host',
	'roll-out-soap-certificate': 'not on a Linux host',
	'set-lockout-time': 'on a Linux host: faillock.conf',
	'set-session-recording': 'not on a Linux host',
	'show-ssh-fingerprints': 'on a Linux host: ssh-keygen -l',
	'sign-in-lab': 'not on a Linux host',
};
