// The sandbox's services: the programs of src/platform, bundled into build/, each in a separate process.
import path from 'node:path';
import process from 'node:process';
import type {Layout} from '../appliance/layout.js';
import type {Role} from '../appliance/roles.js';
import {type Daemon, processDaemon} from './daemon.js';
import {packageRoot} from './package-root.js';
import type {Running} from './pid-file.js';
import {type ServiceName, serviceNames, servicesOf, type Services} from './service.js';

/** The services of an appliance of this role in a folder, as processes of this user that outlive the console. */
export function processServices(layout: Layout, role: Role): Services {
	const daemons = Object.fromEntries(serviceNames.map(name => [name, daemonOf(name, layout)])) as Record<ServiceName, Daemon>;
	return {
		names: servicesOf(role),
		async state(name) {
			const running = await daemons[name].state();
			return running ? {name, running: true, ...identityOf(running)} : {name, running: false};
		},
		start: async name => daemons[name].start(),
		stop: async name => daemons[name].stop(),
		restart: async name => daemons[name].restart(),
		check: async name => daemons[name].check(),
	};
}

function identityOf({pid, ticks, since}: Running) {
	return {pid, since, process: `${pid}-${ticks}`};
}

/** The log file of a service. */
export function serviceLog(name: ServiceName, layout: Layout): string {
	return path.join(name === 'taniumserver' ? layout.taniumServerLogs : layout.moduleServerLogs, `${name}.log`);
}

function daemonOf(name: ServiceName, layout: Layout): Daemon {
	const argv = [process.execPath, programPath(name), '--root', layout.root] as const;
	return processDaemon({name, argv, log: serviceLog(name, layout), layout, knownByArguments: true});
}

/** The path of a bundled program, such as `taniumserver`. */
function programPath(name: string): string {
	return path.join(packageRoot(), 'build', `${name}.js`);
}
