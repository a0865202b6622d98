import {moduleServerOf} from '../../installation/module-server.js';
import {leafIn} from '../../registration/console-api.js';
import {registerModuleServer, type Registered} from '../../registration/register.js';
import {userOf, type ConsoleSession} from '../environment.js';

/** Whether the Module Server can be registered from here: it is on this appliance, or on a member of its array. */
export async function isReachable(session: ConsoleSession): Promise<boolean> {
	return moduleServerOf(session).isReachable();
}

/** Registers the Module Server with the Tanium Server of this appliance, wherever it is. Rejects as registerModuleServer() does. */
export async function registerFrom(session: ConsoleSession, credentials: {username: string; password: string}): Promise<Registered> {
	const {layout, identity, services, moduleServer} = session;
	return moduleServer
		? moduleServer.register(credentials, await leafIn(layout.soapCertificate))
		: registerModuleServer({layout, identity, services, ...credentials, by: userOf(session)});
}
