import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-M: how many consoles one user may have open at once. */
export async function setMaximumLogins(talk: Conversation, visit: Visit): Promise<void> {
	talk.say('One user may have so many consoles open at once. Those that are open stay when the maximum is lowered, and they count.');
	await askSetting(talk, visit, 'maximumLogins', 'Maximum concurrent logins');
	await talk.pause();
}
