import {exitCodes} from '../exit-codes.js';
import {whereToRegister} from '../console/flows/trust-state.js';
import {registerWith} from '../console/flows/register-with.js';
import {Problem} from '../problem.js';
import {isReachable, registerFrom} from '../installation/register-from.js';
import {userOf, type ConsoleSession} from '../console/environment.js';
import {placeIn} from '../registration/look.js';
import {usage, type Command, type Context} from './command.js';

const defaultAdministrator = 'tanium';

/** Registers the Module Server again, with the password of a Tanium Console administrator from standard input. */
async function register({words: [username = defaultAdministrator, ...more], session, conversation, json, print}: Context): Promise<number> {
	if (more.length > 0) {
		throw usage('Only the name of a Tanium Console administrator may follow.');
	}

	await assertReachable(session);
	const password = await conversation.secret(`Password of the Tanium Console admin user ${username}:`);
	const {taniumServer, moduleServer} = await conversation.step('Register the Module Server and restart its services', async () =>
		registerFrom(session, {username, password}, userOf(session)),
	);
	print(json ? JSON.stringify({registered: true, taniumServer, moduleServer}) : 'The Module Server is registered again.');
	return exitCodes.done;
}

async function assertReachable(session: ConsoleSession): Promise<void> {
	const {identity} = session;
	if (identity.role === 'module-server') {
		throw new Problem('wrong-appliance', 'The Tanium Server is on another appliance.', 'Name it: TaniumModuleServer register HOST[:PORT]');
	}

	if (!(await isReachable(session))) {
		throw new Problem('wrong-appliance', 'The Module Server is on another appliance.', `To register it: ${whereToRegister(identity)}.`);
	}
}

/** How the Module Server is registered again with the Tanium Server of this appliance. */
export async function howToRegister(session: ConsoleSession): Promise<string> {
	return (await isReachable(session)) ? 'soap register' : whereToRegister(session.identity);
}

/** As the document has it, with a Tanium Server on any appliance. */
async function registerElsewhere({words, session, conversation, json, print}: Context): Promise<number> {
	const [where, ...more] = words;
	const [flag, fingerprint] = more[0]?.startsWith('--fingerprint=') ? more[0].split('=') : more;
	if (where === undefined || more.length > 2 || (flag !== undefined && (flag !== '--fingerprint' || fingerprint === undefined))) {
		throw usage('Name the Tanium Server: TaniumModuleServer register HOST[:PORT] [--fingerprint SHA256]');
	}

	const registered = await registerWith(conversation, session, placeIn(where), fingerprint);
	if (registered === undefined) {
		print(...(json ? [JSON.stringify({registered: false})] : ['Nothing was sent, and the registration was not changed.']));
		return exitCodes.no;
	}

	print(json ? JSON.stringify({registered: true, ...registered}) : 'Successfully completed registration.');
	return exitCodes.done;
}

export const registerCommands: readonly Command[] = [
	{
		name: 'taniummoduleserver register',
		group: 'Tanium Platform',
		purpose: 'Register the Module Server with a Tanium Server',
		about:
			"Takes the document's command line and asks its two questions: the name and the password of a Tanium Console administrator. "
			+ 'The port is 443 unless it is given. A certificate that trusted.crt does not hold is shown first, and must be confirmed or '
			+ 'have the SHA-256 fingerprint that --fingerprint gives; until then nothing is sent. With ssh, use ssh -t: without a terminal '
			+ 'here, your own one shows the password as you type it.',
		parameters: 'HOST[:PORT] [--fingerprint SHA256] [json]',
		examples: ['TaniumModuleServer register ts1.example.com:8443'],
		menu: '2-M',
		roles: ['tanadmin'],
		needs: 'Module Server',
		run: registerElsewhere,
	},
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
