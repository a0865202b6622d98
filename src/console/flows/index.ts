import type {FlowName} from '../flow-names.js';
import type {Flow} from '../environment.js';

/** Loads all flows, so that another build cannot take their place while this process runs. */
export async function loadFlows(): Promise<void> {
	await Promise.all(Object.values(flows).map(async load => load()));
}

/** How each flow is loaded: only when it is opened, so that the first frame does not wait for it. */
export const flows: Record<FlowName, () => Promise<Flow>> = {
	'control-services': async () => (await import('./control-services.js')).controlServices,
	'install-soap-certificate': async () => (await import('./install-soap-certificate.js')).installSoapCertificate,
	'install-with-overlap': async () => (await import('./install-soap-certificate.js')).installWithOverlap,
	'install-module-server-certificate': async () => (await import('./install-soap-certificate.js')).installModuleServerCertificate,
	'download-soap-certificate': async () => (await import('./download-soap-certificate.js')).downloadSoapCertificate,
	'configure-module-server': async () => (await import('./configure-module-server.js')).configureModuleServer,
	'view-logs': async () => (await import('./view-logs.js')).viewLogs,
	'show-history': async () => (await import('./show-history.js')).showHistory,
	'manage-backups': async () => (await import('./manage-backups.js')).manageBackups,
	'create-request': async () => (await import('./create-request.js')).createRequest,
	'manage-requests': async () => (await import('./manage-requests.js')).manageRequests,
	'sign-in-lab': async () => (await import('./sign-in-lab.js')).signInLab,
	'create-array': async () => (await import('./array-members.js')).createArrayFlow,
	'add-array-member': async () => (await import('./array-members.js')).addMemberFlow,
	'refresh-array': async () => (await import('./array-members.js')).refreshArrayFlow,
	'list-array-members': async () => (await import('./array-members.js')).listMembers,
	'remove-array-member': async () => (await import('./array-members.js')).removeMembers,
	'check-health': async () => (await import('./health-check.js')).checkHealth,
	'show-scheduled-health': async () => (await import('./health-check.js')).showScheduledHealth,
	'assign-roles': async () => (await import('./assign-roles.js')).assignRoles,
	'roll-out-soap-certificate': async () => (await import('./roll-out-soap-certificate.js')).rollOutSoapCertificate,
	'show-status': async () => (await import('./show-status.js')).showStatus,
	'show-ssh-fingerprints': async () => (await import('./show-ssh-fingerprints.js')).showSshFingerprints,
	'manage-users': async () => (await import('./manage-users.js')).manageUsers,
	'configure-banner': async () => (await import('./configure-banner.js')).configureBanner,
	'set-backup-key': async () => (await import('./set-backup-key.js')).setBackupKeyFlow,
	'set-backup-retention': async () => (await import('./set-backup-retention.js')).setBackupRetention,
	'set-lockout-time': async () => (await import('./set-lockout-time.js')).setLockoutTime,
	'set-maximum-logins': async () => (await import('./set-maximum-logins.js')).setMaximumLogins,
	'set-menu-timeout': async () => (await import('./set-menu-timeout.js')).setMenuTimeout,
	'set-session-recording': async () => (await import('./set-session-recording.js')).setSessionRecording,
	'change-password': async () => (await import('./change-password.js')).changeOwnPassword,
};
