import {readTrust} from '../../registration/trust.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {offerRegistration} from './register-module-server.js';

/** 2-M: shows whether the two servers trust each other, and registers the Module Server again. */
export async function configureModuleServer(conversation: Conversation, session: ConsoleSession): Promise<void> {
	await printTrust(conversation, session, '');
	if (await offerRegistration(conversation, session)) {
		await printTrust(conversation, session, '');
	} else {
		conversation.print('The registration was not changed.');
	}

	await conversation.pause();
}

/** Prints whether each server trusts the installed certificate of the other; `where` says where to register again. */
export async function printTrust(
	conversation: Conversation,
	{layout}: ConsoleSession,
	where = ': 2-M, Configure Module Server',
): Promise<void> {
	const {taniumServerTrusted, moduleServerTrusted} = await readTrust(layout);
	if (taniumServerTrusted && moduleServerTrusted) {
		conversation.print("The Tanium Server and the Module Server trust each other's installed certificates.", 'good');
	} else {
		conversation.print(
			'The Tanium Server and the Module Server do not trust each other: a trust file lacks an installed '
				+ `certificate. Modules such as Patch do not work until the Module Server is registered again${where}.`,
			'warning',
		);
	}
}
