import {readSecuritySettings} from '../../appliance/users/security-settings.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askSetting} from './ask-setting.js';

/** A-A-X-5: how long a console may wait for a key. The session that changes it keeps the value that it started with. */
export async function setMenuTimeout(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await printTimeouts(conversation, session);
	conversation.print(
		'A console without a keystroke for this many seconds is signed out; 0 disables the timeout. '
			+ 'Work in progress is not interrupted. A new value applies from the next sign-in.',
	);
	await askSetting(conversation, session, 'menuTimeoutSeconds', 'Menu timeout in seconds');
	await printTimeouts(conversation, session);
	await conversation.pause();
}

async function printTimeouts(conversation: Conversation, {layout, menuTimeoutSeconds: current = 0}: ConsoleSession): Promise<void> {
	const {menuTimeoutSeconds: persistent} = await readSecuritySettings(layout);
	const formatSeconds = (seconds: number) => (seconds === 0 ? '- (never)' : `${seconds} seconds`);
	conversation.table(
		[
			['Menu timeout', 'Current', 'Persistent'],
			['', formatSeconds(current), formatSeconds(persistent)],
		],
		true,
	);
}
