import path from 'node:path';
import process from 'node:process';
import {createAppliance, type FirstPasswords, type NewAppliance} from '../appliance/create.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {lockPorts} from '../appliance/lock.js';
import {initialTrust} from '../registration/trust.js';
import {processDaemon, type Daemon} from '../services/daemon.js';
import {powerOn} from '../services/power.js';
import {packageRoot} from '../services/package-root.js';
import {processServices} from '../services/processes.js';
import {Problem} from '../problem.js';

export type Sandbox = {identity: Identity; passwords: FirstPasswords; /** What did not start. */ failures: string[]};

/**
 * Creates a sandbox appliance, registers its servers with each other, and starts them. Rejects with Problem `appliance-exists` and
 * others.
 */
export async function createSandbox(layout: Layout, options: NewAppliance): Promise<Sandbox> {
	await using locks = new AsyncDisposableStack(); // Two sandboxes that are made at once would choose the same ports.
	const made = await createAppliance(layout, {...options, beforePorts: async () => void locks.use(await lockPorts())});
	await initialTrust(layout);
	return {...made, failures: await powerOn(layout, processServices(layout), async (_, work) => work())};
}

/** The problem of an appliance that was created, but did not start completely. */
export function notStarted(layout: Layout, failures: readonly string[]): Problem {
	return new Problem(
		'service-failed',
		failures.join('\n'),
		`The appliance in ${layout.root} was created. Fix the cause, then: tanos appliance start --root ${layout.root}`,
	);
}

/** What its first user needs to know. The passwords are stored nowhere else. */
export function describeSandbox(layout: Layout, {identity: {name, address, ports}, passwords}: Sandbox): string[] {
	return [
		`Sandbox appliance ${name} in ${layout.root}`,
		`Ports on ${address}: console ${ports.console}, Module Server ${ports.moduleServer}, SSH and SFTP ${ports.ssh}`,
		'Initial passwords, shown only once:',
		`  tanadmin  ${passwords.tanadmin}   this console`,
		`  tanuser   ${passwords.tanuser}   this console, read only`,
		`  tancopy   ${passwords.tancopy}   SFTP`,
		`  tanium    ${passwords.tanium}   Tanium Console admin`,
	];
}

/** In MiB. V8's young generation grows with every burst of sessions and does not shrink; limited, an idle console uses half the memory. */
const youngGeneration = '--max-semi-space-size=2';

/** The process that serves SSH and SFTP for a sandbox. */
export function sshDaemon(layout: Layout): Daemon {
	return processDaemon({
		name: 'serve',
		argv: [process.execPath, youngGeneration, path.join(packageRoot(), 'bin', 'tanos.js'), 'serve', '--restart', '--root', layout.root],
		log: path.join(path.dirname(layout.audit), 'serve.log'),
		layout,
	});
}
