import path from 'node:path';

/** Where everything of one appliance lives. All paths are absolute. */
export type Layout = ReturnType<typeof layoutOf>;

/** The pairs that can be replaced, in journals and records; those that name none are of `soap`. */
export const targetNames = ['soap', 'ssl'] as const;
export type TargetName = (typeof targetNames)[number];

/** The two files of the Tanium Server's pair, by the names that the document gives them. */
export const certificateName = 'SOAPServer.crt';
export const keyName = 'SOAPServer.key';

/** Lays an appliance out under `root`; a host's root is `/`. Touches no file. */
export function layoutOf(root: string) {
	const base = path.resolve(root);
	const at = (...parts: string[]) => path.join(base, ...parts);
	const taniumServer = at('opt', 'Tanium', 'TaniumServer');
	const moduleServer = at('opt', 'Tanium', 'TaniumModuleServer');

	return {
		root: base,
		taniumServer,
		soapCertificate: path.join(taniumServer, certificateName),
		soapKey: path.join(taniumServer, keyName),
		trustedModuleServers: path.join(taniumServer, 'trusted-module-servers.crt'),
		taniumServerLogs: path.join(taniumServer, 'Logs'),
		moduleServer,
		moduleServerCertificate: path.join(moduleServer, 'ssl.crt'),
		moduleServerKey: path.join(moduleServer, 'ssl.key'),
		trustedTaniumServers: path.join(moduleServer, 'trusted.crt'),
		leases: path.join(moduleServer, 'trusted.leases.json'),
		moduleServerLogs: path.join(moduleServer, 'Logs'),
		homes: at('home'),
		tancopyHome: at('home', 'tancopy'),
		incoming: at('home', 'tancopy', 'incoming'),
		outgoing: at('home', 'tancopy', 'outgoing'),
		...settingsIn(at('etc', 'tanos')),
		...stateIn(at('var', 'lib', 'tanos')),
		hosts: at('etc', 'hosts'),
		audit: at('var', 'log', 'tanos', 'audit.jsonl'),
	};
}

function settingsIn(settings: string) {
	return {
		settings,
		identity: path.join(settings, 'identity.json'),
		accounts: path.join(settings, 'accounts.json'),
		consoleAccounts: path.join(settings, 'console-accounts.json'),
		securitySettings: path.join(settings, 'security.json'),
		backupKey: path.join(settings, 'backup-key.pem'),
		banner: path.join(settings, 'banner_ssh.txt'),
		hostKey: path.join(settings, 'ssh_host_ed25519_key'),
		array: path.join(settings, 'array.json'),
		sshHosts: path.join(settings, 'ssh_hosts.json'),
		arrayKey: path.join(settings, 'array_ed25519'),
		arrayKnownHosts: path.join(settings, 'array_known_hosts'),
		moduleServerPlace: path.join(settings, 'module-server.json'),
		taniumServerPlaces: path.join(settings, 'tanium-servers.json'),
		drill: path.join(settings, 'drill.json'),
		targets: path.join(settings, 'targets.d'),
	};
}

function stateIn(state: string) {
	return {
		state,
		lockouts: path.join(state, 'lockouts.json'),
		journal: path.join(state, 'journal.json'),
		pendingTrust: path.join(state, 'pending-trust.json'),
		rollout: path.join(state, 'rollout.json'),
		health: path.join(state, 'health.json'),
		staging: path.join(state, 'staging'),
		backups: path.join(state, 'backups'),
		records: path.join(state, 'history'),
		recordings: path.join(state, 'recordings'),
		requests: path.join(state, 'requests'),
		lab: path.join(state, 'lab-ca'),
		run: path.join(state, 'run'),
		locks: path.join(state, 'locks'),
	};
}
