import {exitCodes} from '../exit-codes.js';
import {assertStrong, changePassword} from '../appliance/users/accounts.js';
import {auditChange} from '../appliance/audit.js';
import {assertCurrentPassword} from '../console/flows/current-password.js';
import {Problem} from '../problem.js';
import {accountMeant} from './account.js';
import {assertNoArguments, type Command, type Context} from './command.js';

/** Changes the password of the signed-in user: the current one, the new one and the new one again, a line each. */
async function setPassword(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, conversation, print} = context;
	const {layout, user, from} = session;
	const account = await accountMeant(context, undefined);
	await assertCurrentPassword(session, account, await conversation.secret('Current password:'));
	const password = await conversation.secret('New password:');
	if (password !== (await conversation.secret('New password again:'))) {
		throw new Problem('not-the-same', 'The two new passwords are not the same. Nothing was changed.', 'Enter them again.');
	}

	assertStrong(password, account);
	const event = {event: 'password-changed', user: user.name, from, account};
	await auditChange(layout, event, async () => changePassword(layout, account, password));
	print('The password was changed.');
	return exitCodes.done;
}

export const passwordCommands: readonly Command[] = [
	{
		name: 'set password',
		group: 'TanOS Users',
		purpose: 'Change your own password',
		about: 'Reads the current password, the new one and the new one again from standard input, a line each.',
		examples: ['set password'],
		menu: 'P',
		roles: ['tanadmin', 'tanuser'],
		run: setPassword,
	},
];
