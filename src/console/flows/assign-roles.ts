// D-4: the roles of the members, and the registration of each Tanium Server's Module Server.
import {registerOn, roleDocument, serversToRegister} from '../../array/assign-roles.js';
import {ownArray} from '../../array/membership.js';
import type {ArrayMember} from '../../appliance/array.js';
import {describeRole} from '../../appliance/roles.js';
import {messageWithHint} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {askCredentials} from './console-credentials.js';

/** Shows the roles and, once that is confirmed, registers the Module Servers. Rejects as serversToRegister() does. */
export async function assignRoles(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const array = await ownArray(session.layout);
	const servers = await serversToRegister(session, roleDocument(array));
	conversation.table(array.members.map(({name, role}) => [name, describeRole(role)]));
	conversation.print(
		'An appliance has the role that it was created with. What is left to be done is to register the Module Server with each Tanium '
			+ 'Server. It restarts each time.',
	);
	const names = servers.map(({name}) => name);
	if (names.length > 0 && (await conversation.confirm(`Register the Module Server with ${names.join(', ')}?`, 'yes'))) {
		const {username, passwords} = await askCredentials(conversation, names);
		await registerAll(conversation, session, servers, name => ({username, password: passwords[name] ?? ''}));
	}

	await conversation.pause();
}

/** One after another, because the Module Server restarts. Resolves with what failed, by the server's name; that is printed, too. */
export async function registerAll(
	conversation: Conversation,
	session: ConsoleSession,
	servers: readonly ArrayMember[],
	credentialsFor: (server: string) => {username: string; password: string},
): Promise<Map<string, string>> {
	const failures = new Map<string, string>();
	for (const server of servers) {
		try {
			await conversation.step(`Register the Module Server with ${server.name}`, async () =>
				registerOn(session, server, credentialsFor(server.name)),
			);
		} catch (error) {
			failures.set(server.name, messageWithHint(error));
			conversation.print(`${server.name}: ${messageWithHint(error)}`, 'bad');
		}
	}

	return failures;
}
