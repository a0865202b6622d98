import type {Credentials} from '../../array/pair-calls.js';
import type {Conversation} from '../conversation.js';

/** Asks for the password of the Tanium Console administrator on each of these servers. An empty answer is that of the server before. */
export async function askCredentials(conversation: Conversation, servers: readonly string[]): Promise<Credentials> {
	const username = 'tanium';
	const passwords: Record<string, string> = {};
	let last = '';
	for (const name of servers) {
		const same = last === '' ? '' : ' (Enter: the same)';
		last = (await conversation.secret(`Password of the Tanium Console admin user ${username} on ${name}${same}:`)) || last;
		passwords[name] = last;
	}

	return {username, passwords};
}
