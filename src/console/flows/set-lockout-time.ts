import {maxFailures} from '../../appliance/users/lockout.js';
import {readSecuritySettings} from '../../appliance/users/security-settings.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-L: how long an account stays locked after too many wrong passwords. */
export async function setLockoutTime(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {lockoutSeconds} = await readSecuritySettings(session.layout);
	const time = lockoutSeconds === 0 ? 'until an administrator unlocks it' : `${lockoutSeconds} seconds`;
	conversation.print(`Account lockout: ${time} after ${maxFailures} failures within 15 minutes.`, 'heading');
	conversation.print(
		[
			'With 0 the account stays locked until an administrator unlocks it (C-U); the last administrator who can do so is locked for '
				+ '600 seconds.',
			'Failures over the network do not lock this console. Public keys are never locked.',
		].join('\n'),
	);
	await askSetting(conversation, session, 'lockoutSeconds', 'Account lockout time in seconds');
	await conversation.pause();
}
