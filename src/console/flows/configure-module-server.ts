import {readTrust} from '../../registration/trust.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {offerRegistration} from './register-module-server.js';

/** 2-M: shows whether the two servers trust each other, and registers the Module Server again. */
export async function configureModuleServer(talk: Conversation, visit: Visit): Promise<void> {
	await sayTrust(talk, visit);
	if (await offerRegistration(talk, visit)) {
		await sayTrust(talk, visit);
	} else {
		talk.say('The registration was left as it was.');
	}

	await talk.pause();
}

/** Says whether the installed certificates are the ones that the other server trusts. */
export async function sayTrust(talk: Conversation, {layout}: Visit): Promise<void> {
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	if (taniumServerTrusted && moduleServerTrusted) {
		talk.say('The Tanium Server and the Module Server trust each other\'s installed certificates.', 'good');
	} else {
		talk.say('The Tanium Server and the Module Server do not trust each other: a trust file lacks an installed certificate. Modules such as Patch do not work until the Module Server is registered again: 2-M, Configure Module Server.', 'warning');
	}
}
