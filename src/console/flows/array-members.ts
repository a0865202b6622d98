// D: the array that this appliance belongs to.
import {describeRole} from '../../appliance/roles.js';
import type {ArrayMember} from '../../appliance/array.js';
import {isRegisteredHost} from '../../array/ssh-hosts.js';
import {addMember, askAll, createArray, ownArray, refreshArray, removeMember, type MemberState} from '../../array/membership.js';
import {userPairFile} from '../../appliance/users/key-pairs.js';
import {Problem} from '../../problem.js';
import type {Host, Operator} from '../../ssh-client/host.js';
import {hostPattern} from '../../ssh-keys/known-hosts.js';
import {Cancelled, printingProblems, type Conversation} from '../conversation.js';
import {userOf, type ConsoleSession} from '../environment.js';

const place = /^(?<address>[\w.-]{1,253})(?::(?<port>\d{1,5}))?$/;

/** Adds the appliance at `HOST` or `HOST:PORT`. Rejects as sshPlaceIn() and addMember() do. */
export async function addMemberAt(conversation: Conversation, session: ConsoleSession, text: string): Promise<ArrayMember> {
	const {address, port} = sshPlaceIn(text);
	const name = hostPattern(address, port);
	const host: Host = {
		label: name,
		address,
		port,
		user: 'tanadmin',
		identityFiles: [userPairFile(session.layout, session.user.name)],
		identitiesOnly: false,
		knownHosts: {files: [], name, hashed: false, mayAsk: true},
	};
	return addMember(session, host, operatorOf(conversation, session, name), userOf(session));
}

/** Reads `HOST` or `HOST:PORT` of an SSH server; the port is 22 unless it is given. Throws Problem `bad-host`. */
export function sshPlaceIn(text: string): {address: string; port: number} {
	const {address, port = '22'} = place.exec(text)?.groups ?? {};
	if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
		throw new Problem('bad-host', `${JSON.stringify(text)} is not a host with a port.`, 'Such as 127.77.0.2:2222 or tms1.example.com.');
	}

	return {address, port: Number(port)};
}

/** Questions of the SSH client as questions of the conversation. */
function operatorOf(conversation: Conversation, {layout}: ConsoleSession, name: string): Operator {
	return {
		async isKnown({type, fingerprint}) {
			const registered = await isRegisteredHost(layout, name, fingerprint);
			if (registered !== undefined) {
				return registered;
			}

			conversation.print(
				`The appliance shows the ${type} host key ${fingerprint}.\nCompare it with what show ssh-host-fingerprints or A-A-4 shows there.`,
				'warning',
			);
			return conversation.confirm('Is it the same?', 'yes');
		},
		async answer(question, {hidden}) {
			try {
				return await (hidden ? conversation.secret(question) : conversation.ask(question));
			} catch (error) {
				if (error instanceof Cancelled) {
					return undefined;
				}

				throw error;
			}
		},
		notify: words => conversation.print(words, 'dim'),
	};
}

/** One line about a member. */
export function describeState({member: {name, role, address, port}, problem}: MemberState): string {
	return `${name.padEnd(26)}${describeRole(role).padEnd(22)}${`${address}:${port}`.padEnd(22)}${problem ?? 'answers'}`;
}

/** D-1 */
export async function createArrayFlow(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const name = await conversation.ask('Name of the new array, or Ctrl+C:');
	const array = await createArray(session, name, userOf(session));
	conversation.print(`This appliance manages the new array ${array.name}. To add a member: D-2.`, 'good');
	await conversation.pause();
}

/** D-2 */
export async function addMemberFlow(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {name} = await ownArray(session.layout);
	const where = await conversation.ask(`Appliance to add to ${name}, as HOST or HOST:PORT (22 unless it is given):`);
	const member = await addMemberAt(conversation, session, where);
	conversation.print(`${member.name} (${describeRole(member.role)}) is a member now.`, 'good');
	await conversation.pause();
}

/** D-3 */
export async function refreshArrayFlow(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const states = await conversation.step('Tell all members who is in the array', async () => refreshArray(session));
	printStates(conversation, states);
	await conversation.pause();
}

/** D-L */
export async function listMembers(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {name, manager} = await ownArray(session.layout);
	conversation.print(`Array ${name}, managed by ${manager}`, 'heading');
	printStates(conversation, await conversation.step('Ask all members', async () => askAll(session)));
	await conversation.pause();
}

/** D-X: removes members, one at a time, until R. */
export async function removeMembers(conversation: Conversation, session: ConsoleSession): Promise<void> {
	for (;;) {
		const {members} = await ownArray(session.layout);
		const others = members.filter(({name}) => name !== session.identity.name);
		const member = await conversation.choose(
			'Line number of the member to remove, or R:',
			others.map((one, index) => ({key: String(index + 1), label: one.name, value: one})),
		);
		if (!member) {
			return;
		}

		if (await conversation.confirm(`Remove ${member.name} from the array?`, 'yes')) {
			await printingProblems(conversation, async () => {
				const [left] = await removeMember(session, member.name, userOf(session));
				conversation.print(
					left?.problem === undefined ? 'Removed.' : `Removed, but it did not answer; on it: reset array. ${left.problem}`,
					left?.problem === undefined ? 'good' : 'warning',
				);
			});
		}
	}
}

function printStates(conversation: Conversation, states: readonly MemberState[]): void {
	const bad = states.flatMap(({problem}, index) => (problem === undefined ? [] : [index]));
	conversation.table(
		states.map(({member: {name, role, address, port}, problem}) => [name, describeRole(role), `${address}:${port}`, problem ?? 'answers']),
		false,
		bad,
	);
}
