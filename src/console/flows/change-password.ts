import {accountFor, changePassword} from '../../appliance/users/accounts.js';
import {audit} from '../../appliance/audit.js';
import {passwordComplaints} from '../../appliance/users/passwords.js';
import type {Conversation} from '../conversation.js';
import type {FlowEnd, ConsoleSession} from '../environment.js';

/** P: changes the password of whoever is signed in, and signs them out, as TanOS does. */
export async function changeOwnPassword(conversation: Conversation, {layout, user}: ConsoleSession): Promise<FlowEnd | void> {
	const current = await conversation.secret('Current password:');
	if (!await accountFor(layout.accounts, user.name, current)) {
		await audit(layout, {event: 'password-change-refused', user: user.name});
		conversation.print('That is not the current password. Nothing was changed.', 'bad');
		return conversation.pause();
	}

	const password = await newPassword(conversation, user.name);
	await changePassword(layout.accounts, user.name, password);
	await audit(layout, {event: 'password-changed', user: user.name});
	conversation.print('The password was changed. Sign in again with the new one.', 'good');
	await conversation.pause();
	return 'sign-out';
}

/** Asks for a new password until it keeps the rules and was typed twice. */
export async function newPassword(conversation: Conversation, user: string): Promise<string> {
	for (;;) {
		const password = await conversation.secret('New password:');
		const complaints = passwordComplaints(password, user);
		if (complaints.length > 0) {
			conversation.print(`The new password lacks: ${complaints.join(', ')}.`, 'bad');
		} else if (password === await conversation.secret('New password again:')) {
			return password;
		} else {
			conversation.print('The two are not the same.', 'bad');
		}
	}
}
