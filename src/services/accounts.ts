// The users and groups of this host, wherever they are kept: getent(1) asks what nsswitch.conf names.
import {execa} from 'execa';
import {Problem} from '../problem.js';
import {hostProgram} from './host-program.js';

/** The number of a user or group; a number is its own. Rejects with Problem `no-account` when there is none of this name. */
export async function accountId(database: 'passwd' | 'group', name: string | number): Promise<number> {
	if (typeof name === 'number') {
		return name;
	}

	const [[, , id = ''] = []] = await accountEntries(database, name);
	if (!/^\d+$/.test(id)) {
		throw new Problem(
			'no-account',
			`There is no ${database === 'passwd' ? 'user' : 'group'} ${name} on this host.`,
			`Look with: getent ${database} ${name}`,
		);
	}

	return Number(id);
}

/**
 * The users who have one of these groups, as their own or as an additional one, with the first one that they have. Users of a directory
 * that lists nobody, such as an LDAP server behind sssd, are found by additional groups only.
 */
export async function membersOf<Group extends string>(groups: readonly Group[]): Promise<Array<{name: string; group: Group}>> {
	const [found, users] = await Promise.all([accountEntries('group', ...groups), accountEntries('passwd')]);
	const members = new Map<string, Group>();
	for (const group of groups) {
		const [, , id, listed = ''] = found.find(([name]) => name === group) ?? [];
		const own = users.filter(([, , , groupId]) => id !== undefined && groupId === id).map(([name]) => name!);
		for (const name of [...listed.split(',').filter(one => one !== ''), ...own]) {
			members.set(name, members.get(name) ?? group);
		}
	}

	return [...members].map(([name, group]) => ({name, group})).toSorted((one, other) => one.name.localeCompare(other.name));
}

/** The fields of each line, as in group(5) and passwd(5), for these names or numbers, or for all; those that are unknown are left out. */
export async function accountEntries(database: 'passwd' | 'group', ...keys: string[]): Promise<string[][]> {
	const words = keys.length === 0 ? [database] : [database, '--', ...keys];
	const {stdout} = await execa('getent', words, {...hostProgram, reject: false, timeout: 10_000});
	return stdout === '' ? [] : stdout.split('\n').map(line => line.split(':'));
}
