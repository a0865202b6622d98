import {readAccounts} from '../appliance/users/accounts.js';
import {Problem} from '../problem.js';
import type {Context} from './command.js';

/**
 * Whose account is meant: the one that is named, which only an administrator may do, else one's own. On the appliance itself nobody
 * has signed in as anybody, and tanadmin is meant. Rejects with Problem `not-allowed` or `no-account`.
 */
export async function accountMeant({session: {layout, user, from}}: Context, named: string | undefined): Promise<string> {
	const own = from === 'local' ? 'tanadmin' : user.name;
	const name = named ?? own;
	if (name !== own && user.role !== 'tanadmin') {
		throw new Problem('not-allowed', "Another user's account needs the tanadmin role.", 'Leave the name out to mean your own.');
	}

	if (!Object.hasOwn(await readAccounts(layout.accounts), name)) {
		throw new Problem('no-account', `There is no account ${name}.`, 'Accounts: tanadmin, tanuser, tancopy');
	}

	return name;
}
