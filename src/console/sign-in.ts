import {setTimeout as after} from 'node:timers/promises';
import {auditOrKeep} from '../appliance/audit.js';
import type {Conversation} from './conversation.js';
import type {UserRole} from './menus.js';
import type {User} from './state.js';
import type {ConsoleEnvironment} from './environment.js';

/** After this many failures the session ends, as in login(1). */
const tries = 3;

/** Asks for a user name and a password until they are correct. Resolves with undefined after too many failures. */
export async function signIn(conversation: Conversation, environment: ConsoleEnvironment): Promise<User | undefined> {
	for (let failures = 0; failures < tries; failures++) {
		const name = await askName(conversation);
		const password = await conversation.secret('Password:');
		const {refusalDelayMs, tryPassword} = await import('../appliance/users/lockout.js'); // The first frame does not wait for cryptography.
		const tried = await tryPassword(environment.layout, {
			user: name,
			password,
			roles: consoleRoles,
			from: 'console',
			now: environment.now(),
		});
		if (typeof tried !== 'string' && isConsoleRole(tried.role)) {
			await auditOrKeep(environment.layout, {event: 'sign-in', user: name, from: 'console'});
			return {name, role: tried.role};
		}

		const reason = tried === 'locked' ? {result: 'locked'} : {};
		await auditOrKeep(environment.layout, {event: 'sign-in-refused', user: name.slice(0, 32), from: 'console', ...reason});
		await after(refusalDelayMs);
		conversation.print('Sign-in incorrect.', 'bad');
	}

	return undefined;
}

async function askName(conversation: Conversation): Promise<string> {
	for (;;) {
		const name = await conversation.ask('Login:');
		if (name !== '') {
			return name;
		}
	}
}

const consoleRoles: readonly UserRole[] = ['tanadmin', 'tanuser'];

function isConsoleRole(role: string): role is UserRole {
	return consoleRoles.some(known => known === role);
}
