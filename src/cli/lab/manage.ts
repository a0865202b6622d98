// What is done with a lab as a whole.
import {rm, rmdir} from 'node:fs/promises';
import {exitCodes} from '../../exit-codes.js';
import {describeRole} from '../../appliance/roles.js';
import {Problem} from '../../problem.js';
import type {Connection} from '../../registration/connection.js';
import {checkConnections} from '../../registration/connections.js';
import {processServices} from '../../services/processes.js';
import {startAppliance, stopAppliance} from '../appliance.js';
import {print, printRows, type Command} from '../command.js';
import {labRemoveDefinition, labStartDefinition, labStatusDefinition, labStopDefinition} from '../definitions/lab.js';
import {parseCall} from '../parse-call.js';
import {sshDaemon} from '../sandbox.js';
import {labRoot, membersIn, type Member} from './members.js';
import {statesOf} from '../../services/service.js';

type Status = Member & {services: Array<{name: string; running: boolean}>; connections: Connection[]};

/** `tanos lab status`: the services of each appliance, and the connections of the platform, each really tried. */
export const labStatus: Command = async words => {
	const {values} = parseCall(labStatusDefinition, words);
	const members = await Promise.all((await membersIn(labRoot(values.root))).map(async member => statusOf(member)));
	if (values.json) {
		const inJson = members.map(({layout: {root}, identity: {name, role, address}, services, connections}) => {
			return {name, role, root, address, services, connections};
		});
		print(JSON.stringify({appliances: inJson}));
	} else {
		for (const [index, member] of members.entries()) {
			printStatus(member, index > 0);
		}
	}

	const isWell = members.every(({services, connections}) =>
		[...services.map(({running}) => running), ...connections.map(({ok}) => ok)].every(Boolean),
	);
	return isWell ? exitCodes.done : exitCodes.no;
};

async function statusOf({layout, identity}: Member): Promise<Status> {
	const services = processServices(layout, identity.role);
	const states = await statesOf(services);
	const ssh = {name: 'SSH and SFTP', running: (await sshDaemon(layout).state()) !== undefined};
	return {
		layout,
		identity,
		services: [...states.map(({name, running}) => ({name, running})), ssh],
		connections: await checkConnections(layout, identity),
	};
}

function printStatus({layout, identity, services, connections}: Status, isFurther: boolean): void {
	const {name, role, address} = identity;
	print(...(isFurther ? [''] : []), `${name}  ${describeRole(role)}  ${address}  ${layout.root}`);
	printRows([
		...services.map(({name, running}) => [`  ${name}`, running ? 'running' : 'stopped'] as const),
		...connections.map(({number, from, to, ok, result}) => [`  ${number}  ${from} -> ${to}`, `${ok ? 'ok' : 'FAIL'}  ${result}`] as const),
	]);
}

/** `tanos lab start`: starts all appliances. */
export const labStart: Command = async words => {
	const {values} = parseCall(labStartDefinition, words);
	const failures: string[] = [];
	for (const {layout, identity} of await membersIn(labRoot(values.root))) {
		print(identity.name);
		failures.push(...(await startAppliance(layout)));
	}

	if (failures.length > 0) {
		throw new Problem('service-failed', failures.join('\n'), 'Fix the cause, then start the lab again.');
	}

	return exitCodes.done;
};

/** `tanos lab stop`: stops all appliances. Rejects while an installation is in progress on one of them. */
export const labStop: Command = async words => {
	const {values} = parseCall(labStopDefinition, words);
	await stopAll(labRoot(values.root));
	return exitCodes.done;
};

/** `tanos lab remove`: stops all appliances and deletes their folders. */
export const labRemove: Command = async words => {
	const {values} = parseCall(labRemoveDefinition, words);
	const root = labRoot(values.root);
	for (const {layout} of await stopAll(root)) {
		await rm(layout.root, {recursive: true});
		print(`removed ${layout.root}`);
	}

	await rmdir(root).catch(() => undefined); // Somebody may have put other files there.

	return exitCodes.done;
};

async function stopAll(root: string): Promise<Member[]> {
	const members = await membersIn(root);
	for (const {layout, identity} of members) {
		print(identity.name);
		await stopAppliance(layout);
	}

	return members;
}
