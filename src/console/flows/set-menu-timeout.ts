import {readSecuritySettings} from '../../appliance/security-settings.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {askSetting} from './ask-setting.js';

/** A-A-X-5: how long a console may wait for a key. The session that sets it keeps the value that it began with. */
export async function setMenuTimeout(talk: Conversation, visit: Visit): Promise<void> {
	await sayTimeouts(talk, visit);
	talk.say('A console in which nobody presses a key for so many seconds is signed out; 0 is never. Work that is under way is not cut short. A new value holds from the next sign-in.');
	await askSetting(talk, visit, 'menuTimeoutSeconds', 'Menu timeout in seconds');
	await sayTimeouts(talk, visit);
	await talk.pause();
}

async function sayTimeouts(talk: Conversation, {layout, menuTimeoutSeconds: current = 0}: Visit): Promise<void> {
	const {menuTimeoutSeconds: persistent} = await readSecuritySettings(layout);
	const inWords = (seconds: number) => seconds === 0 ? '-' : `${seconds} seconds`;
	talk.table([['Menu timeout', 'Current', 'Persistent'], ['', inWords(current), inWords(persistent)]], true);
}
