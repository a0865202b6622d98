import {exitCodes} from '../exit-codes.js';
import {registerModuleServer} from '../registration/register.js';
import {usage, type Command, type Context} from './command.js';

const defaultAdministrator = 'tanium';

/** Registers the Module Server again, with the password of a Tanium Console administrator from standard input. */
async function register({words: [username = defaultAdministrator, ...more], session, conversation, json, print}: Context): Promise<number> {
	if (more.length > 0) {
		throw usage('Only the name of a Tanium Console administrator may follow.');
	}

	const {layout, identity, services, user, from} = session;
	const password = await conversation.secret(`Password of the Tanium Console admin user ${username}:`);
	const {taniumServer, moduleServer} = await conversation.step('Register the Module Server and restart its services', async () =>
		registerModuleServer({layout, identity, services, username, password, by: {user: user.name, from}}),
	);
	print(json ? JSON.stringify({registered: true, taniumServer, moduleServer}) : 'The Module Server is registered again.');
	return exitCodes.done;
}

export const registerCommands: readonly Command[] = [
	{
		name: 'soap register',
		group: 'Tanium Platform',
		purpose: 'Register the Module Server with the Tanium Server again',
		about:
			'After the SOAP certificate was replaced, the trust files of both servers must be made anew. Reads '
			+ 'the password of the Tanium Console administrator from standard input.',
		parameters: '[CONSOLE_USER] [json]',
		examples: ['soap register < password.txt'],
		menu: '2-M',
		roles: ['tanadmin'],
		run: register,
	},
];
