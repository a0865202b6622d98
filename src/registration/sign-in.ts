import type {Identity} from '../appliance/identity.js';
import type {Layout} from '../appliance/layout.js';
import {callConsole, ownTaniumServer} from './console-api.js';
import {refused} from './register.js';

/**
 * Signs in to the Tanium Server of this appliance, to find out whether a name and a password are right. Rejects with Problem
 * `registration-refused`, and as callConsole() does.
 */
export async function signInToConsole(
	{layout, identity}: {layout: Layout; identity: Identity},
	credentials: {username: string; password: string},
): Promise<void> {
	const server = await ownTaniumServer(layout, identity);
	const {status, body} = await callConsole(server, {method: 'POST', path: '/api/v2/session/login', body: credentials});
	if (status !== 200) {
		throw refused(status, body);
	}
}
