import {readSecuritySettings} from '../../appliance/users/security-settings.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-X-5: how long a console may wait for a key. The session that sets it keeps the value that it began with. */
export async function setMenuTimeout(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await printTimeouts(conversation, session);
	conversation.print(
		'A console in which nobody presses a key for so many seconds is signed out; 0 is never. Work that '
			+ 'is under way is not cut short. A new value holds from the next sign-in.',
	);
	await askSetting(conversation, session, 'menuTimeoutSeconds', 'Menu timeout in seconds');
	await printTimeouts(conversation, session);
	await conversation.pause();
}

async function printTimeouts(conversation: Conversation, {layout, menuTimeoutSeconds: current = 0}: ConsoleSession): Promise<void> {
	const {menuTimeoutSeconds: persistent} = await readSecuritySettings(layout);
	const inWords = (seconds: number) => (seconds === 0 ? '-' : `${seconds} seconds`);
	conversation.table(
		[
			['Menu timeout', 'Current', 'Persistent'],
			['', inWords(current), inWords(persistent)],
		],
		true,
	);
}
