import {mostFailures} from '../../appliance/lockout.js';
import {readSecuritySettings} from '../../appliance/security-settings.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {askSetting} from './ask-setting.js';

/** A-A-P-L: how long an account stays locked after too many wrong passwords. */
export async function setLockoutTime(talk: Conversation, visit: Visit): Promise<void> {
	const {lockoutSeconds} = await readSecuritySettings(visit.layout);
	const time = lockoutSeconds === 0 ? 'until an administrator unlocks it' : `${lockoutSeconds} seconds`;
	talk.say(`Account lockout: ${time} after ${mostFailures} failures within 15 minutes.`, 'heading');
	talk.say('0 is until an administrator unlocks the account (C-U). The last administrator who could do that is then locked for 600 seconds. Failures over the network do not lock this console, and keys are never locked.');
	await askSetting(talk, visit, 'lockoutSeconds', 'Account lockout time in seconds');
	await talk.pause();
}
