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
