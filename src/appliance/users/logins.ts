// How many consoles one user may have open at once, on this appliance and in all of its processes. A login is a
// lock (lock.ts), so one whose process ends in any way is over.
import {createHash} from 'node:crypto';
import {Problem} from '../../problem.js';
import type {By} from '../by.js';
import {auditLimited} from '../audit.js';
import type {Layout} from '../layout.js';
import {isHeld, lockIfFree, lockWhenFree} from '../lock.js';
import {maxLogins, readSecuritySettings} from './security-settings.js';

/**
 * Begins a login, which ends when it is disposed of or its process ends. Rejects with Problem `too-many-logins`, and then the
 * audit log says so. A lower maximum ends no login that is open, but they all count.
 */
export async function beginLogin(layout: Layout, by: By): Promise<AsyncDisposable> {
	const {maximumLogins} = await readSecuritySettings(layout);
	const {own, others} = await takePlace(layout, by.user);
	if (own && others < maximumLogins) {
		return own;
	}

	await own?.[Symbol.asyncDispose]();
	await auditLimited(layout, {event: 'login-refused', ...by, open: others, most: maximumLogins});
	const open = others === 1 ? '1 console' : `${others} consoles`;
	throw new Problem(
		'too-many-logins',
		`${by.user} already has ${open} open; the maximum is ${maximumLogins}.`,
		'Log out of one of them. An administrator sets the maximum: A-A-P-M.',
	);
}

/** Takes the first free place of a user, and counts those that are taken. */
async function takePlace(layout: Layout, user: string): Promise<{own?: AsyncDisposable; others: number}> {
	const word = createHash('sha256').update(user).digest('hex').slice(0, 16);
	// One at a time: to look at a place is to take it for a moment.
	await using _lock = await lockWhenFree(layout, `logins-${word}`);
	let own: AsyncDisposable | undefined;
	let others = 0;
	for (let place = 1; place <= maxLogins; place++) {
		const name = `login-${word}-${place}`;
		const isFree = own ? !(await isHeld(layout, name)) : (own = await lockIfFree(layout, name)) !== undefined;
		others += isFree ? 0 : 1;
	}

	return {others, ...(own && {own})};
}
