// Guessing passwords over the network, with OpenSSH's clients and with one that does not keep to their manners.
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {unlockAccount} from '../../src/appliance/users/lockout.js';
import {testWith} from '../helpers/test-with.js';
import {outcomeOf, rawClient} from './raw-ssh.js';
import {noConsole, servedAppliance} from './served.js';

const testWithSsh = testWith('ssh');
const testWithSftp = testWith('ssh', 'sftp');

const wrong = {by: 'password', password: 'Wrong-one.22'} as const;
const right = {by: 'password'} as const;
const begin = Date.parse('2030-01-01T00:00:00Z');

testWithSsh('three wrong passwords lock the account, with the same answer, also for SFTP and after a restart', async t => {
	const {run, restart, audited} = await servedAppliance(t);
	const refusals = [await run('ssh', ['tanuser@127.0.0.1'], wrong), await run('ssh', ['tanuser@127.0.0.1'], wrong)];
	await restart();
	refusals.push(await run('ssh', ['tanuser@127.0.0.1'], wrong), await run('ssh', ['tanuser@127.0.0.1'], right));
	await restart();
	refusals.push(await run('ssh', ['tanuser@127.0.0.1'], right), await run('ssh', ['tanuser@127.0.0.1'], wrong));
	t.deepEqual(new Set(refusals.map(({status}) => status)), new Set([255]));
	t.is(new Set(refusals.map(({errors}) => errors)).size, 1);
	const refused = {event: 'ssh-refused', user: 'tanuser', method: 'keyboard-interactive', from: '127.0.0.1'};
	const lines = await audited();
	t.like(lines[2], {event: 'account-locked', user: 'tanuser', from: '127.0.0.1'});
	t.deepEqual(lines.toSpliced(2, 1), [refused, refused, refused, ...Array.from({length: 3}, () => ({...refused, result: 'locked'}))]);
});

testWithSftp('a locked account can sign in again when the lockout has expired', async t => {
	let now = begin;
	const {run} = await servedAppliance(t, {now: () => new Date(now)});
	for (const _ of [1, 2, 3]) {
		await run('sftp', ['-b', '-', 'tancopy@127.0.0.1'], wrong);
	}

	now = begin + 599_999;
	t.is((await run('sftp', ['-b', '-', 'tancopy@127.0.0.1'], {...right, input: 'ls /incoming\n'})).status, 255);
	now = begin + 600_000;
	t.is((await run('sftp', ['-b', '-', 'tancopy@127.0.0.1'], {...right, input: 'ls /incoming\n'})).status, 0);
});

testWithSsh('a key of a locked account signs in, and the password stays locked until it is unlocked', async t => {
	const {run, layout} = await servedAppliance(t);
	for (const _ of [1, 2, 3]) {
		await run('ssh', ['tanadmin@127.0.0.1'], wrong);
	}

	t.is((await run('ssh', ['tanadmin@127.0.0.1'])).errors, noConsole);
	t.is((await run('ssh', ['tanadmin@127.0.0.1'], right)).status, 255);
	await unlockAccount(layout, 'tanadmin', {by: {user: 'tanadmin', from: 'console'}, now: new Date()});
	t.is((await run('ssh', ['tanadmin@127.0.0.1'], right)).errors, noConsole);
});

testWithSsh('a success in between resets the count of failures', async t => {
	const {run} = await servedAppliance(t);
	for (const options of [wrong, wrong, right, wrong, wrong]) {
		await run('ssh', ['tanuser@127.0.0.1'], options);
	}

	t.is((await run('ssh', ['tanuser@127.0.0.1'], right)).errors, noConsole);
});

testWithSsh('a wrong key and an unknown user are not counted', async t => {
	const served = await servedAppliance(t);
	const key = await readFile(served.layout.hostKey);
	for (const _ of [1, 2, 3, 4]) {
		t.is(await outcomeOf(rawClient(t, served, {username: 'tanadmin', privateKey: key, authHandler: ['publickey']})), 'closed');
		await served.run('ssh', ['nobody@127.0.0.1'], wrong);
	}

	t.is((await served.run('ssh', ['tanadmin@127.0.0.1'], right)).errors, noConsole);
	t.false((await served.audited()).some(({event}) => event === 'account-locked'));
});

test('a client that guesses over many connections at once has no more than three attempts', async t => {
	const served = await servedAppliance(t);
	const guess = async () => {
		let asked = 0;
		return outcomeOf(
			rawClient(t, served, {
				username: 'tanadmin',
				authHandler: (_left, _partial, next) => {
					next(
						asked++ > 0
							? (false as never)
							: {
									type: 'keyboard-interactive',
									username: 'tanadmin',
									prompt(_name, _text, _lang, _prompts, done) {
										done(['Wrong-one.22']);
									},
								},
					);
				},
			}),
		);
	};

	t.deepEqual(new Set(await Promise.all(Array.from({length: 9}, guess))), new Set(['closed']));
	await served.close();
	const refused = (await served.audited()).filter(({event}) => event === 'ssh-refused');
	// The others find the account locked, or have given up waiting on a busy machine.
	t.deepEqual([refused.length, refused.filter(({result}) => result === undefined).length], [9, 3]);
});
