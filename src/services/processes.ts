// The sandbox's services: the programs of src/platform, bundled into build/, each in a separate process.
import {stat} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {Layout} from '../appliance/layout.js';
import {lastLines} from '../appliance/log-tail.js';
import type {Role} from '../appliance/roles.js';
import {Problem} from '../problem.js';
import {type Daemon, processDaemon} from './daemon.js';
import {packageRoot} from './package-root.js';
import type {Running} from './pid-file.js';
import {type ServiceName, serviceNames, servicesOf, type Services, type UnitName} from './service.js';

/** The services of an appliance of this role in a folder, as processes of this user that outlive the console. */
export function processServices(layout: Layout, role: Role): Services {
	const daemons = new Map<string, Daemon>(serviceNames.map(name => [name, daemonOf(name, layout)]));
	const daemonCalled = (name: ServiceName | UnitName) => {
		const daemon = daemons.get(name);
		if (!daemon) {
			throw new Problem('no-such-service', `A sandbox has no service ${name}.`, `It has these: ${serviceNames.join(', ')}.`);
		}

		return daemon;
	};

	return {
		names: servicesOf(role),
		async state(name) {
			const running = await daemonCalled(name).state();
			return running ? {name, running: true, ...identityOf(running)} : {name, running: false};
		},
		start: async name => daemonCalled(name).start(),
		stop: async name => daemonCalled(name).stop(),
		restart: async name => daemonCalled(name).restart(),
		async reload(name) {
			throw new Problem('not-reloadable', `${name} cannot read its files again while it runs.`, 'Restart it instead.');
		},
		dependents: async () => [],
		check: async name => daemonCalled(name).check(),
		logEnd: async name => String(await lengthOf(serviceLog(name, layout))),
		logSince: async (name, end, maxLines) => lastLines(serviceLog(name, layout), maxLines, {from: Number(end)}).catch(() => []),
	};
}

async function lengthOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch {
		return 0;
	}
}

function identityOf({pid, ticks, since}: Running) {
	return {pid, since, process: `${pid}-${ticks}`};
}

/** The log file of a service. */
export function serviceLog(name: ServiceName | UnitName, layout: Layout): string {
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
