// The users and groups of this host, wherever they are kept: getent(1) asks what nsswitch.conf names.
import {execa} from 'execa';
import {Problem} from '../problem.js';

/** The number of a user or group; a number is its own. Rejects with Problem `no-account` when there is none of this name. */
export async function accountId(database: 'passwd' | 'group', name: string | number): Promise<number> {
	if (typeof name === 'number') {
		return name;
	}

	const {stdout} = await execa('getent', [database, '--', name], {reject: false, stdin: 'ignore', timeout: 10_000});
	const [, , id = ''] = stdout.split(':');
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
	const [found, users] = await Promise.all([entries('group', ...groups), entries('passwd')]);
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

/** The fields of each line, as in group(5) and passwd(5). */
async function entries(database: 'passwd' | 'group', ...names: string[]): Promise<string[][]> {
	const words = names.length === 0 ? [database] : [database, '--', ...names];
	const {stdout} = await execa('getent', words, {reject: false, stdin: 'ignore', timeout: 10_000});
	return stdout.split('\n').map(line => line.split(':'));
}
