import {describeBounds, readSecuritySettings, setSecuritySetting, type SecuritySettings} from '../../appliance/users/security-settings.js';
import {printingProblems, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/** Asks for a new value of a setting until it is in range; Enter alone keeps the old one. */
export async function askSetting(
	conversation: Conversation,
	{layout, user, from}: ConsoleSession,
	name: keyof SecuritySettings,
	what: string,
): Promise<void> {
	const {[name]: before} = await readSecuritySettings(layout);
	for (let isSet = false; !isSet;) {
		const answer = await conversation.ask(`${what} (${describeBounds(name)}), or Enter to keep ${before}:`);
		if (answer === '') {
			conversation.print('Nothing was changed.');
			return;
		}

		isSet = await printingProblems(conversation, async () => {
			await setSecuritySetting(layout, name, /^\d+$/.test(answer) ? Number(answer) : Number.NaN, {user: user.name, from});
		});
	}

	conversation.print(`${what}: ${(await readSecuritySettings(layout))[name]}.`, 'good');
}
