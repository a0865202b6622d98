import {changePassword} from '../../appliance/users/accounts.js';
import {auditChange} from '../../appliance/audit.js';
import {passwordComplaints, passwordRules} from '../../appliance/users/passwords.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession, FlowEnd} from '../environment.js';
import {assertCurrentPassword} from './current-password.js';

/** P: changes the password of the signed-in user and signs them out, as TanOS does. */
export async function changeOwnPassword(conversation: Conversation, session: ConsoleSession): Promise<FlowEnd | void> {
	const {layout, user} = session;
	await assertCurrentPassword(session, user.name, await conversation.secret('Current password:'));
	const password = await newPassword(conversation, user.name);
	await auditChange(layout, {event: 'password-changed', user: user.name}, async () => changePassword(layout, user.name, password));
	conversation.print('The password was changed. Sign in again with the new one.', 'good');
	await conversation.pause();
	return 'sign-out';
}

/** Asks for a new password until it follows the rules and both entries match. */
export async function newPassword(conversation: Conversation, user: string): Promise<string> {
	const rules = passwordRules(user);
	conversation.print(`A password has ${rules.slice(0, -1).join(', ')}, and ${rules.at(-1)!}.`, 'dim');
	for (;;) {
		const password = await conversation.secret('New password:');
		const complaints = passwordComplaints(password, user);
		if (complaints.length > 0) {
			conversation.print(`The new password lacks: ${complaints.join(', ')}.`, 'bad');
		} else if (password === (await conversation.secret('New password again:'))) {
			return password;
		} else {
			conversation.print('The passwords do not match.', 'bad');
		}
	}
}
