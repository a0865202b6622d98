import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-M: how many consoles one user may have open at once. */
export async function setMaximumLogins(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print(
		'One user may have so many consoles open at once. Those that are open stay when the maximum is lowered, and they count.',
	);
	await askSetting(conversation, session, 'maximumLogins', 'Maximum concurrent logins');
	await conversation.pause();
}
