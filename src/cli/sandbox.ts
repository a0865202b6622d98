import path from 'node:path';
import process from 'node:process';
import {createAppliance, type FirstPasswords, type NewAppliance} from '../appliance/create.js';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {lockPorts} from '../appliance/lock.js';
import {hasServer} from '../appliance/roles.js';
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
	const beforePorts = options.address === undefined ? async () => void locks.use(await lockPorts()) : undefined;
	const made = await createAppliance(layout, {...options, ...(beforePorts && {beforePorts})});
	if (options.role === 'all-in-one') {
		const member = {layout, identity: made.identity};
		await initialTrust(member, member);
	}

	return {...made, failures: await powerOn(layout, processServices(layout, made.identity.role), async (_, work) => work())};
}

/** The problem of an appliance that was created, but did not start completely. */
export function notStarted(root: string, failures: readonly string[], start = `tanos appliance start --root ${root}`): Problem {
	return new Problem('service-failed', failures.join('\n'), `It was created in ${root}. Fix the cause, then: ${start}`);
}

/** What its first user needs to know. The passwords are stored nowhere else. */
export function describeSandbox({root}: Pick<Layout, 'root'>, {identity, passwords}: Pick<Sandbox, 'identity' | 'passwords'>): string[] {
	const {name, address} = identity;
	return [
		`Sandbox appliance ${name} in ${root}`,
		`Ports on ${address}: ${describePorts(identity)}`,
		'Initial passwords, shown only once:',
		`  tanadmin  ${passwords.tanadmin}   this console`,
		`  tanuser   ${passwords.tanuser}   this console, read only`,
		`  tancopy   ${passwords.tancopy}   SFTP`,
		...(passwords.tanium === undefined ? [] : [`  tanium    ${passwords.tanium}   Tanium Console admin`]),
	];
}

function describePorts({role, ports}: Identity): string {
	return [
		...(hasServer(role, 'Tanium Server') ? [`console ${ports.console}`] : []),
		...(hasServer(role, 'Module Server') ? [`Module Server ${ports.moduleServer}`] : []),
		`SSH and SFTP ${ports.ssh}`,
	].join(', ');
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
