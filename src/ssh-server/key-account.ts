import type {ParsedKey} from 'ssh2';
import {arrayUser, readArray, type ArrayMember} from '../appliance/array.js';
import {readAccounts, type Account} from '../appliance/users/accounts.js';
import type {Layout} from '../appliance/layout.js';
import {isSshRole, type AuthenticatedUser} from './session-request.js';
import {authorizedKey} from './verify-public-key.js';

/** An account to which keys sign in. */
export type KeyAccount = {
	authorizedKeys: readonly string[];
	/** Who has signed in with this key; undefined when the role may not use SSH. */
	user(key: ParsedKey): AuthenticatedUser | undefined;
};

/** The account of this name: that of the file, or `array`, whose keys are those of the array's members. */
export async function keyAccount(layout: Layout, name: string): Promise<KeyAccount | undefined> {
	if (name === arrayUser) {
		const members = (await readArray(layout))?.members ?? [];
		return {authorizedKeys: members.map(({key}) => key), user: key => memberWith(members, key)};
	}

	const account = (await readAccounts(layout.accounts))[name];
	return account && {authorizedKeys: account.authorizedKeys, user: () => passwordUser(name, account)};
}

/** Who has signed in to an account of the file. */
export function passwordUser(name: string, {role}: Account): AuthenticatedUser | undefined {
	return isSshRole(role) ? {user: name, role} : undefined;
}

function memberWith(members: readonly ArrayMember[], key: ParsedKey): AuthenticatedUser | undefined {
	const offered = {algo: key.type, data: key.getPublicSSH()};
	const member = members.find(one => authorizedKey([one.key], offered) !== undefined);
	return member && {user: arrayUser, role: 'array', member: member.name};
}
