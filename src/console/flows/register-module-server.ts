import {Problem} from '../../problem.js';
import {isReachable, registerFrom} from '../../installation/register-from.js';
import {Cancelled, type Conversation} from '../conversation.js';
import {userOf, type ConsoleSession} from '../environment.js';
import {whereToRegister} from './trust-state.js';

/** The Tanium Console administrator that the installation creates. */
const consoleAdministrator = 'tanium';
const tries = 3;

/**
 * Offers to register the Module Server with the Tanium Server again, and asks for the password of the Tanium Console admin user.
 * Resolves with whether it was registered. The answer `no`, Ctrl+C and three wrong passwords leave the registration unchanged.
 */
export async function offerRegistration(conversation: Conversation, session: ConsoleSession): Promise<boolean> {
	if (!(await isReachable(session))) {
		conversation.print(`The Module Server is on another appliance. Register it again there: ${whereToRegister(session.identity)}.`);
		return false;
	}

	if (!(await conversation.confirm('Re-register the Module Server with the Tanium Server now?', 'yes'))) {
		return false;
	}

	try {
		for (let failures = 0; failures < tries; failures++) {
			const password = await conversation.secret(`Password of the Tanium Console admin user ${consoleAdministrator}:`);
			if (await register(conversation, session, password)) {
				return true;
			}
		}

		conversation.print('Three wrong passwords. The Module Server was not registered again.', 'bad');
	} catch (error) {
		if (!(error instanceof Cancelled)) {
			throw error;
		}
	}

	return false;
}

async function register(conversation: Conversation, session: ConsoleSession, password: string): Promise<boolean> {
	try {
		await conversation.step('Register the Module Server and restart its services', async () =>
			registerFrom(session, {username: consoleAdministrator, password}, userOf(session)),
		);
		return true;
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'registration-refused') {
			throw error;
		}

		conversation.print(`${error.message} ${error.hint}`, 'bad');
		return false;
	}
}
