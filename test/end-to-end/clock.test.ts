// A clock that was a year ahead, and was then set right: what was written meanwhile must not keep anybody out.
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {makeAppliance, tanos, type Appliance} from '../helpers/appliance.js';
import {ahead} from '../helpers/clock.js';

const year = 365 * 24 * 3600;

/** Enters these passwords one after the other at the console, at a clock this many seconds ahead. Resolves with whether one opened it. */
async function signIn(appliance: Appliance, seconds: number, ...passwords: string[]): Promise<boolean> {
	const input = `${passwords.map(password => `tanadmin\n${password}\n`).join('')}z\n`;
	const {stdout} = await tanos(['--root', appliance.root], {env: ahead(seconds), input});
	return stdout.includes('Signed out.');
}

test('a lockout from a year ahead lasts no longer than its length, counted from the first attempt at the right time', async t => {
	const appliance = await makeAppliance(t);
	const right = appliance.passwords.tanadmin;
	t.true(await signIn(appliance, year, right), 'the clock of the process is shifted, and nothing else is wrong with it');
	t.false(await signIn(appliance, year, 'wrong', 'wrong', 'wrong'));
	t.false(await signIn(appliance, year + 300, right), 'at that time it is locked');
	const locked = (await readFile(appliance.layout.audit, 'utf8')).split('\n').find(line => line.includes('account-locked'))!;
	t.true(Date.parse((JSON.parse(locked) as {until: string}).until) > Date.now() + (year - 3600) * 1000, locked);
	t.false(await signIn(appliance, 0, right), 'still locked at the right time');
	t.true(await signIn(appliance, 700, right));
});

test('failures from a year ahead count for fifteen minutes', async t => {
	const appliance = await makeAppliance(t);
	t.false(await signIn(appliance, year, 'wrong', 'wrong'));
	t.false(await signIn(appliance, 0, 'wrong'), 'the third one locks');
	t.false(await signIn(appliance, 10, appliance.passwords.tanadmin));
	t.true(await signIn(appliance, 700, appliance.passwords.tanadmin));
	t.false(await signIn(appliance, year, 'wrong', 'wrong'));
	t.false(await signIn(appliance, 0, ''), 'an attempt that is counted with the two of a year ahead');
	t.true(await signIn(appliance, 1000, 'wrong', 'wrong', appliance.passwords.tanadmin));
});
