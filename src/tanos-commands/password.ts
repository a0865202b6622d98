import {accountFor, changePassword} from '../appliance/users/accounts.js';
import {audit} from '../appliance/audit.js';
import {Problem} from '../problem.js';
import {accountMeant} from './account.js';
import {codes, assertNoArguments, type Command, type Context} from './command.js';

/** Changes the password of whoever asks: the current one, the new one and the new one again, a line each. */
async function setPassword(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session: {layout, user, from}, conversation, print} = context;
	const account = await accountMeant(context, undefined);
	const current = await conversation.secret('Current password:');
	if (!await accountFor(layout.accounts, account, current)) {
		await audit(layout, {event: 'password-change-refused', user: user.name, from, account});
		throw new Problem('wrong-password', 'That is not the current password. Nothing was changed.', 'Type it again.');
	}

	const password = await conversation.secret('New password:');
	if (password !== await conversation.secret('New password again:')) {
		throw new Problem('not-the-same', 'The two new passwords are not the same. Nothing was changed.', 'Type them again.');
	}

	await changePassword(layout.accounts, account, password);
	await audit(layout, {event: 'password-changed', user: user.name, from, account});
	print('The password was changed.');
	return codes.done;
}

export const passwordCommands: readonly Command[] = [{
	name: 'set password',
	group: 'TanOS Users',
	purpose: 'Change your own password',
	about: 'Reads the current password, the new one and the new one again from standard input, a line each.',
	examples: ['set password'],
	menu: 'P',
	roles: ['tanadmin', 'tanuser'],
	run: setPassword,
}];
