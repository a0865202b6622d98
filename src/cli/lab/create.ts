// Makes a lab: one, two or three sandbox appliances that know each other, for the rehearsal of a whole deployment.
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {exitCodes} from '../../exit-codes.js';
import {defaultPorts, type FirstPasswords} from '../../appliance/create.js';
import type {Identity} from '../../appliance/identity.js';
import {layoutOf, type Layout} from '../../appliance/layout.js';
import {hasServer, type Role} from '../../appliance/roles.js';
import {ifPresent} from '../../if-present.js';
import {Problem} from '../../problem.js';
import {initialTrust} from '../../registration/trust.js';
import {print, UsageError, type Command} from '../command.js';
import {labCreateDefinition} from '../definitions/lab.js';
import {freeAddresses} from '../../appliance/free-addresses.js';
import {parseCall} from '../parse-call.js';
import {createSandbox, describeSandbox, notStarted, sshDaemon} from '../sandbox.js';
import {labRoot} from './members.js';

/** The roles of a deployment's appliances; the one that manages an array is the first. */
const deployments = {
	'all-in-one': ['all-in-one'],
	standalone: ['tanium-server', 'module-server'],
	'active-active': ['tanium-server', 'tanium-server', 'module-server'],
} as const satisfies Record<string, readonly Role[]>;

export type Deployment = keyof typeof deployments;

/** Folders of the appliances, which are also the first labels of their default names. */
const stems: Record<Role, string> = {'all-in-one': 'ts', 'tanium-server': 'ts', 'module-server': 'tms'};

type Planned = {name: string; role: Role; layout: Layout};
/** An appliance of a lab that was just made. */
export type LabMember = Planned & {identity: Identity; passwords: FirstPasswords; failures: string[]};

/** `tanos lab create`: makes the appliances of a deployment, registers their servers with each other, and starts them. */
export const labCreate: Command = async words => {
	const {
		values,
		arguments: {DEPLOYMENT: deployment},
	} = parseCall(labCreateDefinition, words);
	const root = labRoot(values.root);
	const {members, failures} = await createLab(root, deployment as Deployment, values.name ?? []);
	if (values.json) {
		print(JSON.stringify({appliances: members.map(member => inJson(member))}));
	} else {
		print(...members.flatMap((member, index) => [...(index === 0 ? [] : ['']), ...describeSandbox(member.layout, member)]));
		print('', ...members.map(({name, layout}) => `Console of ${name}: tanos --root ${layout.root}`));
	}

	if (failures.length > 0) {
		throw notStarted(root, failures, `tanos lab start --root ${root}`);
	}

	return exitCodes.done;
};

/**
 * Makes the appliances of a deployment in a folder, with these names as far as there are, registers their servers with each other and
 * starts them. Resolves also with what did not start. Rejects with UsageError for names that do not fit, and with Problem `lab-exists`.
 */
export async function createLab(
	root: string,
	deployment: Deployment,
	names: readonly string[],
): Promise<{members: LabMember[]; failures: string[]}> {
	const planned = plan(root, deployment, names);
	await assertEmpty(root);
	const members = await makeMembers(planned);
	await introduce(members);
	return {members, failures: [...members.flatMap(member => member.failures), ...(await serveAll(members))]};
}

/** Throws UsageError for more names than appliances, and for two appliances of one name. */
function plan(root: string, deployment: Deployment, names: readonly string[]): Planned[] {
	const roles = deployments[deployment];
	if (names.length > roles.length) {
		throw new UsageError(`${deployment} has ${roles.length} appliance(s), but there are ${names.length} names.`);
	}

	const planned = roles.map((role, index) => {
		const number = roles.slice(0, index + 1).filter(one => stems[one] === stems[role]).length;
		const folder = `${stems[role]}${number}`;
		return {role, name: (names[index] ?? `${folder}.example.com`).toLowerCase(), layout: layoutOf(path.join(root, folder))};
	});
	const known = planned.map(({name}) => name);
	const twice = planned.find(({name}, index) => known.indexOf(name) < index);
	if (twice) {
		throw new UsageError(`Two appliances cannot both be ${twice.name}. Name each one: --name A --name B`);
	}

	return planned;
}

async function assertEmpty(root: string): Promise<void> {
	const entries = await ifPresent(async () => readdir(root)).catch((error: unknown) => {
		throw new Problem('bad-root', `${root} cannot hold a lab.`, 'Name a folder that you may write to: --root DIR', {cause: error});
	});
	if (entries !== undefined && entries.length > 0) {
		throw new Problem('lab-exists', `${root} is not empty.`, 'Name another folder: --root DIR. To remove a lab: tanos lab remove');
	}
}

/** All addresses are taken at once, and by one process at a time, so that two labs do not share one. */
async function makeMembers(planned: readonly Planned[]): Promise<LabMember[]> {
	await using addresses = await freeAddresses(planned.length, Object.values(defaultPorts));
	const hosts = planned.map(({name}, index) => `${addresses.of[index]!} ${name}\n`).join('');
	const members: LabMember[] = [];
	for (const [index, plan] of planned.entries()) {
		const {name, role, layout} = plan;
		const address = addresses.of[index]!;
		const made = await createSandbox(layout, {name, role, address, hosts, authorizedKeys: []});
		members.push({...plan, ...made});
	}

	return members;
}

/** Registers each Tanium Server with the Module Server. An all-in-one appliance has done that already. */
async function introduce(members: readonly LabMember[]): Promise<void> {
	const moduleServer = members.find(({role}) => role === 'module-server');
	if (moduleServer) {
		for (const taniumServer of members.filter(({role}) => role === 'tanium-server')) {
			await initialTrust(taniumServer, moduleServer);
		}
	}
}

async function serveAll(members: readonly LabMember[]): Promise<string[]> {
	const results = await Promise.allSettled(members.map(async ({layout}) => sshDaemon(layout).start()));
	return results.flatMap(result => (result.status === 'rejected' ? [String((result.reason as Error).message)] : []));
}

function inJson({layout, identity, passwords}: LabMember): object {
	const {name, role, address, ports} = identity;
	const {console, moduleServer, ssh} = ports;
	return {
		name,
		role,
		root: layout.root,
		address,
		ports: {
			...(hasServer(role, 'Tanium Server') && {console}),
			...(hasServer(role, 'Module Server') && {moduleServer}),
			ssh,
		},
		passwords,
	};
}
