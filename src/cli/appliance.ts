import {exitCodes} from '../exit-codes.js';
import {readFile, unlink} from 'node:fs/promises';
import {ifPresent} from '../if-present.js';
import {replaceFile} from '../appliance/atomic-file.js';
import {publicKeysIn} from '../appliance/users/authorized-keys.js';
import {readIdentity} from '../appliance/identity.js';
import type {Role} from '../appliance/roles.js';
import type {Layout} from '../appliance/layout.js';
import {lockInstallation} from '../appliance/lock.js';
import {digestOf, readInstalled} from '../installation/change.js';
import {Problem, messageOf} from '../problem.js';
import {startAll} from '../services/power.js';
import {processServices} from '../services/processes.js';
import {layoutFor, print, printStep, type Command} from './command.js';
import {createDefinition, drillDefinition, startDefinition, stopDefinition} from './definitions/appliance.js';
import {parseCall} from './parse-call.js';
import {createSandbox, describeSandbox, notStarted, sshDaemon} from './sandbox.js';

/** What the Tanium Server does in each drill. */
const drills = {'fails-to-start': 'does not start', 'dies-after-start': 'starts and then exits'} as const;

/** `tanos appliance create`: creates a sandbox appliance and starts it. Rejects with Problem `appliance-exists` and others. */
export const create: Command = async words => {
	const {values} = parseCall(createDefinition, words);
	const role = values.role as Role; // The definition refuses any other word.
	const layout = layoutFor(values.root);
	const sandbox = await createSandbox(layout, {name: values.name, role, authorizedKeys: await keysIn(values['authorized-key'])});
	if (values.json) {
		const {
			name,
			role,
			ports: {console, moduleServer, ssh},
		} = sandbox.identity;
		print(JSON.stringify({root: layout.root, name, role, ports: {console, moduleServer, ssh}, passwords: sandbox.passwords}));
	} else {
		print(...describeSandbox(layout, sandbox));
	}

	if (sandbox.failures.length > 0) {
		throw notStarted(layout.root, sandbox.failures);
	}

	return exitCodes.done;
};

async function keysIn(file: string | undefined): Promise<string[]> {
	if (file === undefined) {
		return [];
	}

	let text;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		throw new Problem('bad-key-file', `${file} cannot be read.`, 'Name an SSH public key, such as ~/.ssh/id_ed25519.pub.', {cause: error});
	}

	return publicKeysIn(text).map(({line}) => line);
}

/** `tanos appliance start`: starts the services of a sandbox, and SSH and SFTP. */
export const start: Command = async words => {
	const layout = layoutFor(parseCall(startDefinition, words).values.root);
	const failures = await startAppliance(layout);
	if (failures.length > 0) {
		throw new Problem('service-failed', failures.join('\n'), `The logs are in ${layout.taniumServerLogs} and ${layout.moduleServerLogs}.`);
	}

	return exitCodes.done;
};

/** Prints a line for each step. Resolves with what could not be started. Rejects as readIdentity() does. */
export async function startAppliance(layout: Layout): Promise<string[]> {
	const {role} = await readIdentity(layout);
	const failures = await startAll(processServices(layout, role), printStep);
	try {
		await printStep('Start SSH and SFTP', async () => sshDaemon(layout).start());
	} catch (error) {
		failures.push(messageOf(error));
	}

	return failures;
}

/** `tanos appliance stop`: stops what `start` starts. Rejects while an installation is in progress. */
export const stop: Command = async words => {
	await stopAppliance(layoutFor(parseCall(stopDefinition, words).values.root));
	return exitCodes.done;
};

/** Prints a line for each step. Rejects with Problem `locked` while an installation is in progress, and as readIdentity() does. */
export async function stopAppliance(layout: Layout): Promise<void> {
	const {role} = await readIdentity(layout);
	await using _lock = await lockInstallation(layout); // No service is stopped during an installation.
	const services = processServices(layout, role);
	await printStep('Stop SSH and SFTP', async () => sshDaemon(layout).stop());
	for (const name of services.names.toReversed()) {
		await printStep(`Stop ${name}`, async () => services.stop(name));
	}
}

/** `tanos appliance drill`: makes the Tanium Server fail with any certificate other than the installed one. */
export const drill: Command = async words => {
	const {
		values,
		arguments: {KIND: kind},
	} = parseCall(drillDefinition, words);
	const layout = layoutFor(values.root);
	await readIdentity(layout);
	if (kind === 'off') {
		await ifPresent(async () => unlink(layout.drill));
		print('No drill is active.');
		return exitCodes.done;
	}

	const {leaf: except} = digestOf(await readInstalled(layout));
	await replaceFile(layout.drill, JSON.stringify({kind, except}), 0o600);
	print(
		`Drill: with any certificate other than the installed one, the Tanium Server ${drills[kind as keyof typeof drills]}.`,
		`To end it: tanos appliance drill off --root ${layout.root}`,
	);
	return exitCodes.done;
};
