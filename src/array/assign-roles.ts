// The roles of an array's members, as a document: show, dryrun and apply. An appliance has the role that it was created with. What is left
// to be done for a role is the registration of each Tanium Server's Module Server, with one administrator's name and password for all.
import * as v from 'valibot';
import type {ApplianceArray, ArrayMember} from '../appliance/array.js';
import {describeRole, hasServer, roles, type Role} from '../appliance/roles.js';
import type {Site} from '../installation/change.js';
import {Problem} from '../problem.js';
import {askerOf} from './order.js';
import {parseAnswer} from './channel.js';
import {managedArray} from './membership.js';
import {registeredAnswer} from './module-server.js';

/** The numbers of the roles in TanOS's document. */
const numberOf = {'all-in-one': 1, 'tanium-server': 2, 'module-server': 3} as const satisfies Record<Role, number>;

const documentSchema = v.object({
	tanium_username: v.string(),
	/** The password in Base64. */
	password_b64: v.pipe(v.string(), v.base64()),
	members: v.array(v.object({name: v.string(), role: v.picklist(Object.values(numberOf))})),
});
export type RoleDocument = v.InferOutput<typeof documentSchema>;

/** The document with the present roles. Its password is empty. */
export function roleDocument({members}: ApplianceArray): RoleDocument {
	return {tanium_username: 'tanium', password_b64: '', members: members.map(({name, role}) => ({name, role: numberOf[role]}))};
}

/** The document in a JSON value; undefined stands for a text that is no JSON. Throws Problem `bad-roles`. */
export function parseRoleDocument(value: unknown): RoleDocument {
	const parsed = v.safeParse(documentSchema, value);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const what = value === undefined ? '' : `: ${v.getDotPath(issue) ?? 'it'} must be ${issue.expected ?? 'valid'}`;
		throw new Problem(
			'bad-roles',
			`Standard input is not a document with roles${what}.`,
			'Begin with what array assign roles show prints.',
		);
	}

	return parsed.output;
}

/** The password in a document. */
export function passwordIn({password_b64: base64}: RoleDocument): string {
	return Buffer.from(base64, 'base64').toString();
}

/**
 * The Tanium Servers whose Module Servers are to be registered, in the array's order. Rejects with Problem `no-array`, `not-manager`,
 * `no-member` for a name that is no member's, and `other-role` for a role that an appliance does not have.
 */
export async function serversToRegister(site: Site, {members: wanted}: RoleDocument): Promise<ArrayMember[]> {
	const {members} = await managedArray(site);
	for (const {name, role} of wanted) {
		const member = members.find(one => one.name === name.toLowerCase());
		if (!member) {
			throw new Problem('no-member', `${name} is no member.`, `Members: ${members.map(one => one.name).join(', ')}.`);
		}

		if (numberOf[member.role] !== role) {
			const asked = roles.find(one => numberOf[one] === role)!;
			throw new Problem(
				'other-role',
				`${name} has the role ${describeRole(member.role)}, not ${describeRole(asked)}.`,
				'The role of an appliance is chosen when it is created: tanos appliance create --role ROLE',
			);
		}
	}

	return members.filter(({name, role}) => hasServer(role, 'Tanium Server') && wanted.some(one => one.name.toLowerCase() === name));
}

/** Has a member register its Module Server; resolves with the Module Server's name. Rejects as registerFrom() does. */
export async function registerOn(site: Site, member: ArrayMember, credentials: {username: string; password: string}): Promise<string> {
	const answer = await askerOf(site)(member, 'register-module-server', credentials);
	return parseAnswer(registeredAnswer, member, answer).moduleServer;
}
