// Commands of the array: membership over the appliances' own SSH.
import {exitCodes} from '../exit-codes.js';
import {askAll, createArray, joinArray, leaveArray, ownArray, refreshArray, removeMember, type MemberState} from '../array/membership.js';
import {registerHost} from '../array/ssh-hosts.js';
import {describeRole} from '../appliance/roles.js';
import {addMemberAt, describeState, sshPlaceIn} from '../console/flows/array-members.js';
import {userOf} from '../console/environment.js';
import {Problem} from '../problem.js';
import {alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';

async function create({words: [address, ...name], session, json, print}: Context): Promise<number> {
	if (address === undefined || name.length === 0) {
		throw usage('Say: create array ADDRESS NAME');
	}

	if (address !== session.identity.address) {
		throw new Problem(
			'other-address',
			`${address} is not the address of this appliance, ${session.identity.address}.`,
			'Create the array on its manager.',
		);
	}

	const array = await createArray(session, name.join(' '), userOf(session));
	print(json ? JSON.stringify({array: array.name, manager: array.manager}) : `This appliance manages the new array ${array.name}.`);
	return exitCodes.done;
}

async function add({words: [host, ...more], session, conversation, json, print}: Context): Promise<number> {
	if (host === undefined || more.length > 0) {
		throw usage('Say: add array member HOST[:PORT]');
	}

	const member = await addMemberAt(conversation, session, host);
	print(json ? JSON.stringify({member: member.name, role: member.role}) : `${member.name} (${describeRole(member.role)}) is a member now.`);
	return exitCodes.done;
}

/** Given by the manager, which signs in as an administrator. */
async function join({words, session, conversation, print}: Context): Promise<number> {
	if (words.length > 0) {
		throw usage('Nothing may follow.');
	}

	let body: unknown;
	try {
		body = JSON.parse(await conversation.secret(''));
	} catch {
		body = undefined;
	}

	print(JSON.stringify(await joinArray(session, body, userOf(session))));
	return exitCodes.done;
}

async function show(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const array = await ownArray(session.layout);
	return printStates({json, print}, array, await askAll(session));
}

async function refresh(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, json, print} = context;
	const states = await refreshArray(session);
	return printStates({json, print}, await ownArray(session.layout), states);
}

function printStates(
	{json, print}: Pick<Context, 'json' | 'print'>,
	{name, manager}: {name: string; manager: string},
	states: readonly MemberState[],
): number {
	if (json) {
		const members = states.map(({member: {name: member, role, address, port}, problem, ...state}) => {
			return {name: member, role, address, port, isManager: member === manager, problem: problem ?? null, ...state};
		});
		print(JSON.stringify({array: name, members}));
	} else {
		print(`Array ${name}, managed by ${manager}`, ...states.map(state => `  ${describeState(state)}`));
	}

	return states.every(({problem}) => problem === undefined) ? exitCodes.done : exitCodes.no;
}

async function remove({words: [name, ...more], session, json, print}: Context): Promise<number> {
	if (name === undefined || more.length > 0) {
		throw usage('Say: remove array member NAME');
	}

	const [left] = await removeMember(session, name, userOf(session));
	const note = left?.problem === undefined ? '' : ` It did not answer, so it does not know yet; on it: reset array. (${left.problem})`;
	print(json ? JSON.stringify({removed: name, problem: left?.problem ?? null}) : `${name} is not a member any more.${note}`);
	return exitCodes.done;
}

async function reset(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, conversation, json, print} = context;
	const {name} = await ownArray(session.layout);
	if (!(await conversation.confirm(`Leave the array ${name}?`, 'yes'))) {
		return exitCodes.no;
	}

	await leaveArray(session, userOf(session));
	print(json ? JSON.stringify({left: name}) : `This appliance has left the array ${name}.`);
	return exitCodes.done;
}

/** With the output of `show ssh-host-fingerprints` of the other appliance on standard input. */
async function registerSshHost({words: [host, ...more], session, conversation, json, print}: Context): Promise<number> {
	if (host === undefined || more.length > 0) {
		throw usage('Say: register ssh-host HOST[:PORT]');
	}

	const {address, port} = sshPlaceIn(host);
	const fingerprints = await registerHost(session.layout, address, port, await conversation.ask(`Fingerprint of ${host}:`));
	print(json ? JSON.stringify({host, fingerprints}) : `Registered for ${host}: ${fingerprints.join(', ')}`);
	return exitCodes.done;
}

const group = 'TanOS Appliance Array';
const roles = ['tanadmin'] as const;

export const arrayCommands: readonly Command[] = [
	{
		name: 'register ssh-host',
		group,
		purpose: 'Register the SSH host key of an appliance that will be added to the array',
		about:
			'Reads the output of show ssh-host-fingerprints of that appliance from standard input. Nobody is asked about this host key then.',
		parameters: 'HOST[:PORT] [json]',
		examples: ['register ssh-host 127.77.0.2:2222 < fingerprints.txt'],
		roles,
		run: registerSshHost,
	},
	{
		name: 'create array',
		group,
		purpose: 'Create an array with this appliance as its manager',
		about: 'ADDRESS is the address of this appliance. The name may have spaces.',
		parameters: 'ADDRESS NAME [json]',
		examples: ['create array 127.77.0.1 East Coast'],
		menu: 'D-1',
		roles,
		run: create,
	},
	{
		name: 'add array member',
		group,
		purpose: 'Add an appliance to the array that this one manages',
		about:
			'Signs in to the appliance as tanadmin, with a key of the user or with the password from standard input. The fingerprint of its SSH '
			+ 'host key is shown and must be confirmed, unless register ssh-host has registered it. All members are told.',
		parameters: 'HOST[:PORT] [json]',
		examples: ['add array member 127.77.0.2:2222'],
		menu: 'D-2',
		roles,
		run: add,
	},
	{
		name: 'array join',
		group,
		purpose: 'Join the array of the manager that gives this command',
		about: 'The manager of an array gives this command when a member is added. Its input is one line of JSON.',
		examples: ['array join'],
		roles,
		run: join,
	},
	{
		name: 'show array',
		group,
		purpose: 'Show the members of the array, each as it answers now',
		about: 'Asks every member over SSH. One that does not answer is shown as such. Exit code 0 when all answer, else 1.',
		parameters: '[json]',
		examples: ['show array', 'show array json'],
		menu: 'D-L',
		roles,
		looks: alwaysLooks,
		run: show,
	},
	{
		name: 'refresh array',
		group,
		purpose: 'Tell all members again who is in the array',
		about: 'On the manager only. Exit code 0 when all members answer, else 1.',
		parameters: '[json]',
		examples: ['refresh array'],
		menu: 'D-3',
		roles,
		run: refresh,
	},
	{
		name: 'remove array member',
		group,
		purpose: 'Remove an appliance from the array',
		about: 'On the manager only. The member leaves the array if it answers; its key is not accepted any more in any case.',
		parameters: 'NAME [json]',
		examples: ['remove array member tms1.example.com'],
		menu: 'D-X',
		roles,
		run: remove,
	},
	{
		name: 'reset array',
		group,
		purpose: 'Leave the array',
		about: 'This appliance leaves its array. A manager can leave only when it is the last member. Asks for one yes on standard input.',
		parameters: '[json]',
		examples: ['reset array <<< yes'],
		roles,
		run: reset,
	},
];
