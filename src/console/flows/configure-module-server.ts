import {describePlace, readModuleServerPlace, readRegisteredServers, type Place} from '../../appliance/server-places.js';
import {hasServer} from '../../appliance/roles.js';
import {checkConnections} from '../../registration/connections.js';
import {placeIn} from '../../registration/look.js';
import {printingProblems, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {offerRegistration} from './register-module-server.js';
import {isReachable} from '../../installation/register-from.js';
import {registerWith} from './register-with.js';
import {printTrust, whereToRegister} from './trust-state.js';

/** 2-M: shows which server is used and whether the two trust each other, and registers the Module Server again. */
export async function configureModuleServer(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {role} = session.identity;
	if (!hasServer(role, 'Tanium Server')) {
		await configureRegistrations(conversation, session);
		return;
	}

	const {name} = await readModuleServerPlace(session.layout, session.identity);
	conversation.print(`Active Module Server: ${name}`);
	await printTrust(conversation, session, '');
	if (!(await isReachable(session))) {
		conversation.print(`To register again: ${whereToRegister(session.identity)}.`);
	} else if (await offerRegistration(conversation, session)) {
		await printTrust(conversation, session, '');
	} else {
		conversation.print('The registration was not changed.');
	}

	await conversation.pause();
}

/** Shows the Tanium Servers of a Module Server, and registers it with one of them or with another one, until R. */
async function configureRegistrations(conversation: Conversation, session: ConsoleSession): Promise<void> {
	for (;;) {
		const servers = (await readRegisteredServers(session.layout)) ?? [];
		const connections = await checkConnections(session.layout, session.identity);
		const stateOf = (index: number) => connections.filter(({number}) => number === 3)[index]?.result ?? '';
		const place = await conversation.choose<Place | 'another'>('Register with which Tanium Server, or R:', [
			...servers.map((server, index) => ({
				key: String(index + 1),
				label: `${describePlace(server).padEnd(30)}${stateOf(index)}`,
				value: server,
			})),
			{key: 'A', label: 'Another one', value: 'another' as const},
		]);
		if (!place) {
			return;
		}

		await printingProblems(conversation, async () => {
			const registered = await registerWith(conversation, session, place === 'another' ? await askForPlace(conversation) : place);
			conversation.print(registered ? 'Successfully completed registration.' : 'Nothing was sent.', registered ? 'good' : 'plain');
		});
	}
}

async function askForPlace(conversation: Conversation): Promise<Place> {
	return placeIn(await conversation.ask('Tanium Server, as HOST or HOST:PORT (443 unless it is given):'));
}
