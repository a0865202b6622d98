import {exitCodes} from '../exit-codes.js';
import {readFile, rm} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {replaceFile} from '../appliance/atomic-file.js';
import {publicKeysIn} from '../appliance/users/authorized-keys.js';
import {readIdentity, roles} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {lockInstallation} from '../appliance/lock.js';
import {digestOf, readInstalled} from '../installation/change.js';
import {Problem, messageOf} from '../problem.js';
import {startAll} from '../services/power.js';
import {processServices} from '../services/processes.js';
import {serviceNames} from '../services/service.js';
import {layoutFor, print, printStep, rootOption, UsageError, type Command} from './command.js';
import {createSandbox, describeSandbox, notStarted, sshDaemon} from './sandbox.js';

/** What the Tanium Server does in each drill. */
const drills: Record<string, string> = {'fails-to-start': 'does not start', 'dies-after-start': 'starts and then dies', off: ''};

/** `tanos appliance create|start|stop|drill`. */
export const appliance: Command = async ([verb = '', ...rest]) => {
	const verbs: Record<string, Command> = {create, start, stop, drill};
	const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
	if (!command) {
		throw new UsageError(verb === '' ? 'Say what to do with the appliance: create, start, stop or drill.' : `There is no command appliance ${verb}.`);
	}

	return command(rest);
};

async function create(words: string[]): Promise<number> {
	const {values} = parseArgs({args: words, options: {
		...rootOption, name: {type: 'string', default: 'ts1.example.com'}, role: {type: 'string', default: 'all-in-one'},
		'authorized-key': {type: 'string'}, json: {type: 'boolean', default: false},
	}});
	assertRole(values.role);
	const layout = layoutFor(values.root);
	const sandbox = await createSandbox(layout, {name: values.name, authorizedKeys: await keysIn(values['authorized-key'])});
	if (values.json) {
		const {name, role, ports: {console, moduleServer, ssh}} = sandbox.identity;
		print(JSON.stringify({root: layout.root, name, role, ports: {console, moduleServer, ssh}, passwords: sandbox.passwords}));
	} else {
		print(...describeSandbox(layout, sandbox));
	}

	if (sandbox.failures.length > 0) {
		throw notStarted(layout, sandbox.failures);
	}

	return exitCodes.done;
}

function assertRole(role: string): void {
	if (!(roles as readonly string[]).includes(role)) {
		throw new UsageError(`There is no role ${role}; there are ${roles.join(', ')}.`);
	}

	if (role !== 'all-in-one') {
		throw new Problem('role-not-here', `An appliance with the role ${role} is not part of this release.`, 'Make an all-in-one appliance.');
	}
}

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

async function existing(words: string[]): Promise<Layout> {
	const {values} = parseArgs({args: words, options: rootOption});
	const layout = layoutFor(values.root);
	await readIdentity(layout);
	return layout;
}

async function start(words: string[]): Promise<number> {
	const layout = await existing(words);
	const failures = await startAll(processServices(layout), printStep);
	try {
		await printStep('Start SSH and SFTP', async () => sshDaemon(layout).start());
	} catch (error) {
		failures.push(messageOf(error));
	}

	if (failures.length > 0) {
		throw new Problem('service-failed', failures.join('\n'), `The logs are in ${layout.taniumServerLogs} and ${layout.moduleServerLogs}.`);
	}

	return exitCodes.done;
}

async function stop(words: string[]): Promise<number> {
	const layout = await existing(words);
	await using _lock = await lockInstallation(layout); // Nobody's installation loses its service half way.
	const services = processServices(layout);
	await printStep('Stop SSH and SFTP', async () => sshDaemon(layout).stop());
	for (const name of serviceNames.toReversed()) {
		await printStep(`Stop ${name}`, async () => services.stop(name));
	}

	return exitCodes.done;
}

/** Rehearses the bad day: makes the Tanium Server fail with any certificate but the one installed now. */
async function drill(words: string[]): Promise<number> {
	const {values, positionals: [kind = '']} = parseArgs({args: words, options: rootOption, allowPositionals: true});
	if (!Object.hasOwn(drills, kind)) {
		throw new UsageError(`Name a drill: ${Object.keys(drills).join(', ')}.`);
	}

	const layout = layoutFor(values.root);
	await readIdentity(layout);
	if (kind === 'off') {
		await rm(layout.drill, {force: true});
		print('No drill.');
		return exitCodes.done;
	}

	const {leaf: except} = digestOf(await readInstalled(layout));
	await replaceFile(layout.drill, JSON.stringify({kind, except}), 0o600);
	print(`Drill: with any certificate but the installed one, the Tanium Server ${drills[kind]!}. To end it: tanos appliance drill off --root ${layout.root}`);
	return exitCodes.done;
}
