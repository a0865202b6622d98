import type {By} from '../appliance/by.js';
import {leafIn} from '../registration/console-api.js';
import {registerModuleServer, type Registered} from '../registration/register.js';
import type {Site} from './change.js';
import {moduleServerOf} from './module-server.js';

/** Whether the Module Server can be registered from here: it is on this appliance, or on a member of its array. */
export async function isReachable(site: Site): Promise<boolean> {
	return moduleServerOf(site).isReachable();
}

/** Registers the Module Server with the Tanium Server of this appliance, wherever it is. Rejects as registerModuleServer() does. */
export async function registerFrom(site: Site, credentials: {username: string; password: string}, by: By): Promise<Registered> {
	const {layout, identity, services, moduleServer} = site;
	return moduleServer
		? moduleServer.register(credentials, await leafIn(layout.soapCertificate))
		: registerModuleServer({layout, identity, services, ...credentials, by});
}
