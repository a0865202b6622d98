import {boundsInWords, readSecuritySettings, setSecuritySetting, type SecuritySettings} from '../../appliance/security-settings.js';
import {sayingProblems, type Conversation} from '../conversation.js';
import type {Visit} from '../world.js';

/** Asks for a new value of a setting until it is possible; Enter alone keeps the old one. */
export async function askSetting(talk: Conversation, {layout, user, from}: Visit, name: keyof SecuritySettings, what: string): Promise<void> {
	const {[name]: before} = await readSecuritySettings(layout);
	for (let isSet = false; !isSet;) {
		const answer = await talk.ask(`${what} (${boundsInWords(name)}), or Enter to keep ${before}:`);
		if (answer === '') {
			talk.say('It stays as it was.');
			return;
		}

		isSet = await sayingProblems(talk, async () => {
			await setSecuritySetting(layout, name, /^\d+$/.test(answer) ? Number(answer) : Number.NaN, {user: user.name, from});
		});
	}

	talk.say(`${what}: ${(await readSecuritySettings(layout))[name]}.`, 'good');
}
