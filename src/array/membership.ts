// Creating an array, adding and removing members. The manager changes the membership and tells every member; a member takes it from its
// manager only.
import * as v from 'valibot';
import {
	arraySchema,
	memberSchema,
	ownMember,
	readArray,
	removeArray,
	writeArray,
	type ApplianceArray,
	type ArrayMember,
} from '../appliance/array.js';
import {audit} from '../appliance/audit.js';
import type {By} from '../appliance/by.js';
import {lockFile} from '../appliance/lock.js';
import type {Site} from '../installation/change.js';
import {messageOf, Problem} from '../problem.js';
import {connect, type Link} from '../ssh-client/connect.js';
import type {Host, Operator} from '../ssh-client/host.js';
import {runJsonCommand} from '../ssh-client/run-json-command.js';
import {askMember} from './channel.js';

/** A member, and what it answered; or why it did not. */
export type MemberState = {member: ArrayMember; answer: unknown; problem?: undefined} | {member: ArrayMember; problem: string};

/** Makes an array whose manager and only member is this appliance. Rejects with Problem `in-array` or `bad-array-name`. */
export async function createArray({layout, identity}: Site, name: string, by: By): Promise<ApplianceArray> {
	if (name.trim() === '' || name.length > 64) {
		throw new Problem('bad-array-name', 'The name of an array has 1 to 64 characters.');
	}

	await using _lock = await lockFile(layout, layout.array);
	await assertInNone({layout});
	const array = {name: name.trim(), manager: identity.name, members: [await ownMember(layout, identity)]};
	await audit(layout, {event: 'array-created', ...by, array: array.name});
	await writeArray(layout, array);
	return array;
}

async function assertInNone({layout}: Pick<Site, 'layout'>): Promise<void> {
	const array = await readArray(layout);
	if (array) {
		throw new Problem('in-array', `This appliance is in the array ${array.name} already.`, 'To leave it: reset array');
	}
}

/**
 * Adds the appliance at a host: signs in there, has it join, and tells all members. The operator is asked for what known hosts and keys do
 * not answer. Rejects with Problem `no-array`, `not-manager`, `member-failed`, those of connect() and those of joinArray() on that side.
 */
export async function addMember({layout, identity}: Site, host: Host, operator: Operator, by: By): Promise<ArrayMember> {
	await using _lock = await lockFile(layout, layout.array);
	const array = await managedArray({layout, identity});
	const link = await connect([host], operator);
	let member: ArrayMember;
	try {
		member = await joinedOver(link, host, {...array, members: [await ownMember(layout, identity)]});
	} finally {
		link.close();
	}

	const others = array.members.filter(({name}) => name !== member.name);
	const next = {...array, members: [...others, {...member, address: host.address, port: host.port}]};
	await audit(layout, {event: 'array-member-added', ...by, member: member.name, hostKey: link.fingerprint});
	await writeArray(layout, next);
	await tellOthers({layout, identity}, next);
	return member;
}

async function joinedOver({client}: Link, {label}: Host, body: ApplianceArray): Promise<ArrayMember> {
	const answer = await runJsonCommand(client, {label, command: 'array join', body});
	const member = v.safeParse(memberSchema, answer);
	if (!member.success) {
		throw new Problem('member-failed', `${label} did not answer as an appliance does.`, 'Check that it is one, of this release.');
	}

	return member.output;
}

/**
 * Joins the array of a manager that has signed in as an administrator. Resolves with this appliance as a member. Joining the same array
 * again is no fault: the first answer may have been lost. Rejects with Problem `in-array` or `bad-call`.
 */
export async function joinArray({layout, identity}: Site, body: unknown, by: By): Promise<ArrayMember> {
	const parsed = v.safeParse(arraySchema, body);
	if (!parsed.success) {
		throw new Problem(
			'bad-call',
			'The manager of an array gives this command; its input is one line of JSON.',
			'To add a member: add array member HOST',
		);
	}

	const {output: array} = parsed;
	await using _lock = await lockFile(layout, layout.array);
	const current = await readArray(layout);
	if (current && (current.name !== array.name || current.manager !== array.manager)) {
		await assertInNone({layout});
	}

	const own = await ownMember(layout, identity);
	await audit(layout, {event: 'array-joined', ...by, array: array.name, manager: array.manager});
	await writeArray(layout, {...array, members: [...array.members, own]});
	return own;
}

/** Tells every member who is in the array. Resolves with how each answered. Rejects with Problem `no-array` or `not-manager`. */
export async function refreshArray({layout, identity}: Site): Promise<MemberState[]> {
	await using _lock = await lockFile(layout, layout.array);
	return await tellOthers({layout, identity}, await managedArray({layout, identity}));
}

async function tellOthers({layout, identity}: Pick<Site, 'layout' | 'identity'>, array: ApplianceArray): Promise<MemberState[]> {
	const others = array.members.filter(({name}) => name !== identity.name);
	return Promise.all(others.map(async member => stateOf(member, async () => askMember(layout, member, 'members', array))));
}

/** Asks every member how it is. Members that do not answer are in the result, too. Rejects with Problem `no-array`. */
export async function askAll({layout}: Site, word: 'status' | 'health-check' = 'status'): Promise<MemberState[]> {
	const {members} = await ownArray(layout);
	return Promise.all(members.map(async member => stateOf(member, async () => askMember(layout, member, word))));
}

async function stateOf(member: ArrayMember, ask: () => Promise<unknown>): Promise<MemberState> {
	try {
		return {member, answer: await ask()};
	} catch (error) {
		return {member, problem: messageOf(error)};
	}
}

/** Removes a member, which leaves the array if it answers. Rejects with Problem `no-array`, `not-manager` or `no-member`. */
export async function removeMember({layout, identity}: Site, name: string, by: By): Promise<MemberState[]> {
	await using _lock = await lockFile(layout, layout.array);
	const array = await managedArray({layout, identity});
	const member = array.members.find(one => one.name === name.toLowerCase());
	if (!member || member.name === identity.name) {
		const others = array.members.map(one => one.name).filter(one => one !== identity.name);
		throw new Problem(
			'no-member',
			`${name} is not a member that can be removed.`,
			`Members: ${others.join(', ') || 'none but the manager'}.`,
		);
	}

	await audit(layout, {event: 'array-member-removed', ...by, member: member.name});
	const next = {...array, members: array.members.filter(one => one !== member)};
	const left = await stateOf(member, async () => askMember(layout, member, 'leave'));
	await writeArray(layout, next);
	return [left, ...(await tellOthers({layout, identity}, next))];
}

/** This appliance leaves its array; its manager can only do so when it is the last. Rejects with Problem `no-array` or `not-empty`. */
export async function leaveArray({layout, identity}: Site, by: By): Promise<ApplianceArray> {
	await using _lock = await lockFile(layout, layout.array);
	const array = await ownArray(layout);
	if (array.manager === identity.name && array.members.length > 1) {
		throw new Problem(
			'not-empty',
			`This appliance manages the array, which has ${array.members.length} members.`,
			'Remove the others first: remove array member NAME',
		);
	}

	await audit(layout, {event: 'array-left', ...by, array: array.name});
	await removeArray(layout);
	return array;
}

/** The array of this appliance. Rejects with Problem `no-array`. */
export async function ownArray(layout: Site['layout']): Promise<ApplianceArray> {
	const array = await readArray(layout);
	if (!array) {
		throw new Problem('no-array', 'This appliance is in no array.', 'Make one on its manager: create array ADDRESS NAME');
	}

	return array;
}

/** The array that this appliance manages. Rejects with Problem `no-array` or `not-manager`. */
export async function managedArray({layout, identity}: Pick<Site, 'layout' | 'identity'>): Promise<ApplianceArray> {
	const array = await ownArray(layout);
	if (array.manager !== identity.name) {
		throw new Problem('not-manager', `${array.manager} manages the array ${array.name}.`, 'Give this command there.');
	}

	return array;
}

/** The member of this name. Throws Problem `no-member`. */
export function memberIn(members: readonly ArrayMember[], name: string): ArrayMember {
	const member = members.find(one => one.name === name);
	if (!member) {
		throw new Problem('no-member', `${name} is not a member of the array any more.`, 'Add it again, then: soap rollout --resume');
	}

	return member;
}
