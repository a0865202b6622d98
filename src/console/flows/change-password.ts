import {accountFor, changePassword} from '../../appliance/accounts.js';
import {audit} from '../../appliance/audit.js';
import {passwordComplaints} from '../../appliance/passwords.js';
import type {Conversation} from '../conversation.js';
import type {FlowEnd, Visit} from '../world.js';

/** P: changes the password of whoever is signed in, and signs them out, as TanOS does. */
export async function changeOwnPassword(talk: Conversation, {layout, user}: Visit): Promise<FlowEnd | void> {
	const current = await talk.secret('Current password:');
	if (!await accountFor(layout.accounts, user.name, current)) {
		await audit(layout, {event: 'password-change-refused', user: user.name});
		talk.say('That is not the current password. Nothing was changed.', 'bad');
		return talk.pause();
	}

	const password = await newPassword(talk, user.name);
	await changePassword(layout.accounts, user.name, password);
	await audit(layout, {event: 'password-changed', user: user.name});
	talk.say('The password was changed. Sign in again with the new one.', 'good');
	await talk.pause();
	return 'sign-out';
}

/** Asks for a new password until it keeps the rules and was typed twice. */
export async function newPassword(talk: Conversation, user: string): Promise<string> {
	for (;;) {
		const password = await talk.secret('New password:');
		const complaints = passwordComplaints(password, user);
		if (complaints.length > 0) {
			talk.say(`The new password lacks: ${complaints.join(', ')}.`, 'bad');
		} else if (password === await talk.secret('New password again:')) {
			return password;
		} else {
			talk.say('The two are not the same.', 'bad');
		}
	}
}
