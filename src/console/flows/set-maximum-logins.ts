import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-M: the maximum concurrent logins for each user. */
export async function setMaximumLogins(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print('Maximum concurrent logins for each user. Lowering it does not close open consoles, but they count.');
	await askSetting(conversation, session, 'maximumLogins', 'Maximum concurrent logins');
	await conversation.pause();
}
