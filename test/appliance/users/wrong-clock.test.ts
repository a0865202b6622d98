// What was written while the clock was a year ahead, once it is set right.
import test from 'ava';
import {locksOf} from '../../../src/appliance/users/lockout.js';
import {setSecuritySetting} from '../../../src/appliance/users/security-settings.js';
import {answer, answers, appliance, at, by, right} from './attempts.js';

const year = 365 * 24 * 3600;

test('a lock from a year ahead ends after its length, counted from the next attempt', async t => {
	const layout = await appliance(t);
	await answers(layout, [year, year + 1, year + 2]);
	t.deepEqual(await locksOf(layout, 'tanadmin', at(0)), [{origin: 'network', until: at(600)}]);
	t.deepEqual(await answers(layout, [0, 300, 599], {password: right}), ['locked', 'locked', 'locked']);
	t.deepEqual(await locksOf(layout, 'tanadmin', at(599)), [{origin: 'network', until: at(600)}]);
	t.is(await answer(layout, 600, {password: right}), 'in');
});

test('an attempt at one account gives the locks of all accounts their end', async t => {
	const layout = await appliance(t);
	await answers(layout, [year, year + 1, year + 2]);
	t.is(await answer(layout, 0, {user: 'tanuser', password: right}), 'in');
	t.is(await answer(layout, 600, {password: right}), 'in');
});

test('failures from a year ahead count as failures of now, for fifteen minutes', async t => {
	const layout = await appliance(t);
	await answers(layout, [year, year + 1]);
	t.is(await answer(layout, 0, {user: 'tanuser', password: right}), 'in');
	t.deepEqual(await answers(layout, [901, 902]), ['wrong', 'wrong']);
	t.is(await answer(layout, 903, {password: right}), 'in');
});

test('where only an administrator unlocks, the wrong time changes nothing', async t => {
	const layout = await appliance(t);
	await setSecuritySetting(layout, 'lockoutSeconds', 0, by);
	await answers(layout, [year, year + 1, year + 2]);
	t.deepEqual(await answers(layout, [0, 601], {password: right}), ['locked', 'locked']);
	t.deepEqual(await locksOf(layout, 'tanadmin', at(0)), [{origin: 'network'}]);
});
