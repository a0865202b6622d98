// What happens when the console is opened for the first time: the appliance, or the appliances of a lab, are made.
import process from 'node:process';
import {createInterface} from 'node:readline';
import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {describeRole} from '../appliance/roles.js';
import {Problem} from '../problem.js';
import {print} from './command.js';
import {createLab, type Deployment} from './lab/create.js';
import {labRoot, membersIn, type Member} from './lab/members.js';
import {createSandbox, describeSandbox} from './sandbox.js';

/** The appliance whose console is opened, and what its first user needs to know. */
export type Opened = {layout: Layout; identity: Identity; greeting: string[]};

/** Makes an all-in-one appliance, and prints its first passwords. */
export async function makeAllInOne(layout: Layout): Promise<Opened> {
	print('There is no appliance yet. Creating a sandbox ...');
	const sandbox = await createSandbox(layout, {name: 'ts1.example.com', role: 'all-in-one', authorizedKeys: []});
	const greeting = [...describeSandbox(layout, sandbox), ...sandbox.failures];
	print(...greeting);
	return {layout, identity: sandbox.identity, greeting};
}

/**
 * Asks at the terminal which deployment to make, and which of its consoles to open; only the latter when there is a lab in the default
 * folder. Rejects with Problem `not-answered` for Ctrl+C and Ctrl+D; before the first answer nothing is made.
 */
export async function askWhatToMake(layout: Layout): Promise<Opened> {
	const existing = await existingLab();
	if (existing.length > 0) {
		print(`There is a lab in ${labRoot(undefined)}.`);
		return openedIn(existing.map(member => ({...member, greeting: []})));
	}

	print('There is no appliance yet. Which deployment is to be made, as a sandbox?');
	const deployment = await choose<Deployment>(
		[
			['All-in-One: a Tanium Server and a Module Server on one appliance', 'all-in-one'],
			['Standalone: a Tanium Server and a Module Server on an appliance each', 'standalone'],
			['Active-active: two Tanium Servers and a Module Server', 'active-active'],
		],
		new Problem('not-answered', 'Nothing was made.', 'To make an appliance without a question: tanos appliance create'),
	);
	if (deployment === 'all-in-one') {
		return makeAllInOne(layout);
	}

	print('Creating the sandboxes ...');
	const {members, failures} = await createLab(labRoot(undefined), deployment, []);
	const made = members.map(member => ({...member, greeting: describeSandbox(member.layout, member)}));
	print(...made.flatMap(({greeting}) => ['', ...greeting]), ...failures, '');
	return openedIn(made);
}

async function openedIn(members: ReadonlyArray<Member & {greeting: string[]}>): Promise<Opened> {
	print('The console of which appliance?');
	return choose(
		members.map(member => [`${member.identity.name}, ${describeRole(member.identity.role)}`, member]),
		new Problem('not-answered', 'No console was opened.', `To open one: tanos --root ${members[0]?.layout.root}`),
	);
}

async function existingLab(): Promise<Member[]> {
	try {
		return await membersIn(labRoot(undefined));
	} catch (error) {
		if (error instanceof Problem && error.code === 'no-lab') {
			return [];
		}

		throw error;
	}
}

/** Enter chooses the first. Lines that are typed ahead are answers, too. */
async function choose<Value>(choices: ReadonlyArray<readonly [label: string, value: Value]>, otherwise: Problem): Promise<Value> {
	print(...choices.map(([label], index) => `  ${index + 1}  ${label}`));
	const lines = createInterface({input: process.stdin, output: process.stdout});
	lines.once('SIGINT', () => {
		lines.close();
	});
	lines.setPrompt(`Enter ${choices.map((_, index) => index + 1).join(', ')} [1]: `);
	lines.prompt();
	for await (const line of lines) {
		const chosen = choices[Number(line.trim() === '' ? 1 : line) - 1];
		if (chosen) {
			return chosen[1]; // Which closes the interface.
		}

		lines.prompt();
	}

	print('');
	throw otherwise;
}
