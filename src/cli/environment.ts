import {installedExpiry} from '../appliance/installed-expiry.js';
import type {Layout} from '../appliance/layout.js';
import type {Role} from '../appliance/roles.js';
import type {ConsoleEnvironment} from '../console/environment.js';
import type {Site} from '../installation/change.js';
import {servicesOf, type Services} from '../services/service.js';
import type {SshSessionRequest} from '../ssh-server/session-request.js';
import {version} from './version.js';

export type EnvironmentOptions = {
	/** Lines of the first screen. */
	greeting: string[];
	bringUp: ConsoleEnvironment['bringUp'];
	from: ConsoleEnvironment['from'];
	/** Absent on the appliance itself. */
	reachedAt?: ConsoleEnvironment['reachedAt'];
};

/** The environment of a console of this appliance. */
export function consoleEnvironmentOf(site: Site, {greeting, bringUp, from, reachedAt}: EnvironmentOptions): ConsoleEnvironment {
	return {
		...site,
		greeting,
		from,
		reachedAt: reachedAt ?? {host: site.identity.address, port: site.identity.ports.ssh},
		version: `tanos-console ${version()}`,
		now: () => new Date(),
		expiry: async () => installedExpiry(site.layout, new Date()),
		bringUp,
		async acknowledge(told) {
			const {removeOutcome} = await import('../installation/outcome.js');
			await removeOutcome(site.layout, told);
		},
	};
}

/** Where a client of the SSH server has reached it: by its name when the address is not known, as the connection may be closed already. */
export function reachedAt({identity}: Site, server: SshSessionRequest['server']): ConsoleEnvironment['reachedAt'] {
	return server ?? {host: identity.name, port: identity.ports.ssh};
}

/** The services of the sandbox. Their code is loaded at first use, so that the first frame does not wait for it. */
export function servicesLater(layout: Layout, role: Role): Services {
	let loading: Promise<Services> | undefined;
	const loaded = async () => {
		loading ??= import('../services/processes.js').then(({processServices}) => processServices(layout, role));
		return loading;
	};

	return {
		names: servicesOf(role),
		state: async name => (await loaded()).state(name),
		start: async name => (await loaded()).start(name),
		stop: async name => (await loaded()).stop(name),
		restart: async name => (await loaded()).restart(name),
		reload: async name => (await loaded()).reload(name),
		dependents: async name => (await loaded()).dependents(name),
		check: async name => (await loaded()).check(name),
		logEnd: async name => (await loaded()).logEnd(name),
		logSince: async (name, end, maxLines) => (await loaded()).logSince(name, end, maxLines),
	};
}
