import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import process from 'node:process';
import test from 'ava';
import type {Layout} from '../../../src/appliance/layout.js';
import {locksOf, unlockAccount} from '../../../src/appliance/users/lockout.js';
import {setSecuritySetting} from '../../../src/appliance/users/security-settings.js';
import {fill, free, mountDisk} from '../../helpers/small-disk.js';
import {testWith} from '../../helpers/test-with.js';
import {modeOf} from '../folder.js';
import {answer, answers, appliance, at, begin, by, right} from './attempts.js';

const lines = async ({audit}: Layout) =>
	(await readFile(audit, 'utf8'))
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as Record<string, unknown>);

test('three failures within fifteen minutes lock the account for ten, even for the right password', async t => {
	const layout = await appliance(t);
	t.deepEqual(await answers(layout, [0, 1, 2]), ['wrong', 'wrong', 'wrong']);
	t.deepEqual(await answers(layout, [3, 601], {password: right}), ['locked', 'locked']);
	t.is(await answer(layout, 602, {password: right}), 'in');
	t.like((await lines(layout))[0], {event: 'account-locked', user: 'tanadmin', from: '192.0.2.1', until: at(602).toISOString()});
});

test('failures that are further apart do not lock the account', async t => {
	const layout = await appliance(t);
	t.deepEqual(
		await answers(layout, [0, 1, 900, 901, 1800]),
		Array.from({length: 5}, () => 'wrong'),
	);
	t.is(await answer(layout, 1800, {password: right}), 'in');
});

test('attempts at a locked account do not extend the lock, and after it the count starts again', async t => {
	const layout = await appliance(t);
	await answers(layout, [0, 1, 2, 100, 500, 601]);
	t.deepEqual(await answers(layout, [602, 603]), ['wrong', 'wrong']);
	t.is(await answer(layout, 604, {password: right}), 'in');
});

test('a success resets the count of failures', async t => {
	const layout = await appliance(t);
	await answers(layout, [0, 1]);
	t.is(await answer(layout, 2, {password: right}), 'in');
	t.deepEqual(await answers(layout, [3, 4]), ['wrong', 'wrong']);
	t.is(await answer(layout, 5, {password: right}), 'in');
});

test('failures are counted for each account separately', async t => {
	const layout = await appliance(t);
	await answers(layout, [0, 1, 2]);
	t.is(await answer(layout, 3, {user: 'second', password: right}), 'in');
	t.is(await answer(layout, 3, {user: 'tanuser', password: right}), 'in');
});

test('unknown users and accounts of other roles are refused and leave no trace', async t => {
	const layout = await appliance(t);
	for (const user of ['nobody', '__proto__', 'toString', 'tancopy']) {
		t.deepEqual(await answers(layout, [0, 1, 2, 3], {user, password: right}), ['wrong', 'wrong', 'wrong', 'wrong'], user);
	}

	t.is(await readFile(layout.lockouts, 'utf8'), '{\n\t"version": 1\n}\n');
	t.is(await modeOf(layout.lockouts), '0600');
});

test('failures over the network lock an account only there; failures at the console lock it everywhere', async t => {
	const layout = await appliance(t);
	const terminal = {password: right, from: 'console'};
	await answers(layout, [0, 1, 2]);
	t.is(await answer(layout, 3, {password: right}), 'locked');
	t.is(await answer(layout, 4, terminal), 'in');
	t.is(await answer(layout, 5, {password: right}), 'in', 'who came in at the terminal may come in from elsewhere');
	await answers(layout, [10, 11, 12], {from: 'console'});
	t.deepEqual([await answer(layout, 13, terminal), await answer(layout, 13, {password: right})], ['locked', 'locked']);
	t.deepEqual(await locksOf(layout, 'tanadmin', at(13)), [{origin: 'terminal', until: at(612)}]);
});

test('with a lock time of 0 an administrator unlocks, and the log says who', async t => {
	const layout = await appliance(t);
	await setSecuritySetting(layout, 'lockoutSeconds', 0, by);
	await answers(layout, [0, 1, 2], {user: 'tanuser'});
	t.is(await answer(layout, 9_999_999, {user: 'tanuser', password: right}), 'locked');
	t.deepEqual(await locksOf(layout, 'tanuser', at(9_999_999)), [{origin: 'network'}]);
	t.true(await unlockAccount(layout, 'tanuser', {by, now: at(9_999_999)}));
	t.is(await answer(layout, 9_999_999, {user: 'tanuser', password: right}), 'in');
	t.false(await unlockAccount(layout, 'tanuser', {by, now: at(9_999_999)}));
	const [, locked, unlocked] = await lines(layout);
	t.like(locked, {event: 'account-locked', user: 'tanuser', until: 'unlocked'});
	t.like(unlocked, {event: 'account-unlocked', user: 'tanadmin', from: 'console', account: 'tanuser', wasLocked: true});
});

test('the last administrator who can unlock the others is never locked permanently', async t => {
	for (const from of ['192.0.2.1', 'console']) {
		const layout = await appliance(t);
		await setSecuritySetting(layout, 'lockoutSeconds', 0, by);
		await answers(layout, [0, 1, 2], {from});
		await answers(layout, [0, 1, 2], {user: 'second', from});
		t.is(await answer(layout, 601, {user: 'second', password: right, from}), 'locked');
		t.is(await answer(layout, 602, {user: 'second', password: right, from}), 'in');
		t.is(await answer(layout, 602, {password: right, from}), 'locked', 'the second can unlock the first');
	}
});

test('many concurrent attempts count as no more than three', async t => {
	const layout = await appliance(t);
	const all = await Promise.all(Array.from({length: 12}, async () => answer(layout, 0)));
	t.is(all.filter(word => word === 'wrong').length, 3);
	t.is((await lines(layout)).length, 1);
});

test('processes share the count', async t => {
	const layout = await appliance(t);
	const module = (name: string) => JSON.stringify(new URL(`../../../src/appliance/${name}.js`, import.meta.url).href);
	const script = `
		const {tryPassword} = await import(${module('users/lockout')});
		const {layoutOf} = await import(${module('layout')});
		const attempt = {user: 'tanadmin', password: 'wrong', roles: ['tanadmin'], from: '192.0.2.1', now: new Date(${begin})};
		process.stdout.write(String(await tryPassword(layoutOf(${JSON.stringify(layout.root)}), attempt)));
	`;
	const guess = async () => {
		const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {stdio: ['ignore', 'pipe', 'inherit']});
		const [word] = (await once(child.stdout, 'data')) as [Buffer];
		return word.toString();
	};

	const all = await Promise.all([guess(), guess(), guess(), guess()]);
	t.deepEqual(all.toSorted(), ['locked', 'wrong', 'wrong', 'wrong']);
	t.is(await answer(layout, 1, {password: right}), 'locked');
});

test('with an unreadable record no password is accepted, and the problem says what to do', async t => {
	const layout = await appliance(t);
	await mkdir(layout.state, {recursive: true});
	for (const damage of [
		'',
		'{"tanadmin": 5}',
		'{"tanadmin": {"network": {}}}',
		'{"tanadmin": {"network": {"failures": [], "lockedUntil": "x"}}}',
		'null',
	]) {
		await writeFile(layout.lockouts, damage);
		await t.throwsAsync(answer(layout, 0, {password: right}), {code: 'lockouts-unreadable'}, damage);
	}
});

testWith('mount')('on a full disk the right password is accepted, and failures still count', async t => {
	const layout = await appliance(t);
	await mountDisk(t, layout.state, '4k');
	await fill(layout.state);
	t.is(await answer(layout, 0, {password: right}), 'in');
	t.deepEqual(await answers(layout, [1, 2, 3]), ['wrong', 'wrong', 'wrong']);
	t.is(await answer(layout, 4, {password: right}), 'locked');
	await free(layout.state);
	t.is(await answer(layout, 5, {password: right}), 'locked');
	t.true((await readFile(layout.lockouts, 'utf8')).includes('lockedUntil'));
});
