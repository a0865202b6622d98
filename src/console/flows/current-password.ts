import {setTimeout as after} from 'node:timers/promises';
import {auditOrKeep} from '../../appliance/audit.js';
import {refusalDelayMs, tryPassword} from '../../appliance/users/lockout.js';
import {Problem} from '../../problem.js';
import type {ConsoleSession} from '../environment.js';

/**
 * Verifies the current password of the user's account before it is changed. A wrong one counts towards the lockout like one at
 * sign-in. Rejects with Problem `wrong-password`.
 */
export async function assertCurrentPassword({layout, user, from, now}: ConsoleSession, account: string, password: string): Promise<void> {
	const tried = await tryPassword(layout, {user: account, password, roles: ['tanadmin', 'tanuser'], from, now: now()});
	if (typeof tried === 'string') {
		await auditOrKeep(layout, {
			event: 'password-change-refused',
			user: user.name,
			from,
			account,
			...(tried === 'locked' && {result: 'locked'}),
		});
		await after(refusalDelayMs);
		throw new Problem('wrong-password', 'The current password is wrong. Nothing was changed.', 'Enter it again.');
	}
}
