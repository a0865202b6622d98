// What unauthenticated clients can make the server do, and what that costs the others.
import {readFile} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {ParsedKey} from 'ssh2';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {defaultLimits} from '../../src/ssh-server/limits.js';
import {PasswordQueue} from '../../src/appliance/users/password-queue.js';
import {SourcePenalties} from '../../src/appliance/users/source-penalties.js';
import {rawClient, outcomeOf} from './raw-ssh.js';
import {password, servedAppliance, type Served} from './served.js';
import {testWith} from '../helpers/test-with.js';

/** Answers the prompt with a wrong password as often as the server asks. */
function guesser(t: ExecutionContext, served: Served, localAddress: string, prompted: () => void = () => {}) {
	const sock = connect({host: '127.0.0.1', port: served.port, localAddress});
	return rawClient(t, served, {
		sock,
		username: 'webonly',
		authHandler(_left, _partial, next) {
			next({
				type: 'keyboard-interactive',
				username: 'webonly',
				prompt(_name, _text, _language, _prompts, answer) {
					prompted();
					answer(['Wrong-one.22']);
				},
			});
		},
	});
}

test('addresses are served in turn, and attempts of disconnected clients are dropped', async t => {
	const queue = new PasswordQueue();
	const order: string[] = [];
	const [stays, left] = [new AbortController(), new AbortController()];
	const busy = Promise.withResolvers<void>();
	const check = (name: string) => async () => {
		order.push(name);
		await busy.promise;
	};

	const runs = ['a1', 'a2', 'a3', 'b1'].map(async name => queue.run(name[0]!, name === 'a2' ? left.signal : stays.signal, check(name)));
	left.abort();
	busy.resolve();
	await Promise.all(runs);
	t.deepEqual(order.toSorted(), ['a1', 'a3', 'b1']);
	t.is(order[0], 'a1');
});

test('penalties add up to a limit, expire, and apply to one address', t => {
	let now = 0;
	const penalties = new SourcePenalties({...defaultLimits.penalties, maxSeconds: 20}, () => now);
	t.deepEqual(
		[1, 2, 3, 4].map(() => penalties.add('a')),
		[false, false, true, false],
	);
	t.true(penalties.isRefused('a'));
	t.false(penalties.isRefused('b'));
	penalties.add('a');
	now += 5001;
	t.false(penalties.isRefused('a'), 'the limit is 20 seconds, the threshold 15');
});

testWith('sftp', 'ssh')('the right password is answered while fifteen clients of another address guess and leave', async t => {
	const served = await servedAppliance(t, {limits: {failureDelayMs: 0}});
	for (let round = 0; round < 3; round++) {
		await Promise.all(
			Array.from({length: 15}, async () => {
				const prompted = Promise.withResolvers<void>();
				const client = guesser(t, served, '127.0.0.2', prompted.resolve);
				await prompted.promise;
				client.destroy();
			}),
		);
	}

	const {status} = await served.run('sftp', ['-b', '/dev/null', 'tancopy@127.0.0.1'], {by: 'password', password});
	t.is(status, 0);
	const results = (await served.audited()).filter(({from}) => from?.startsWith('127.0.0.2')).map(({result}) => result);
	t.true(results.includes('disconnected'));
	t.true(results.filter(result => result !== 'disconnected').length < 15, 'few of the 45 guesses were checked');
});

testWith('sftp', 'ssh')(
	'passwords from an address with too many failures are refused unchecked; its keys and other addresses are not',
	async t => {
		const served = await servedAppliance(t, {limits: {failureDelayMs: 0, penalties: defaultLimits.penalties}});
		t.is(await outcomeOf(guesser(t, served, '127.0.0.1')), 'closed');
		const audited = await served.audited();
		t.is(audited.filter(({event}) => event === 'ssh-penalty').length, 1);
		t.true(audited.some(({event, result}) => event === 'ssh-refused' && result === 'penalty'));
		t.not((await served.run('sftp', ['-b', '/dev/null', 'tancopy@127.0.0.1'], {by: 'password', password})).status, 0);
		t.is((await served.sftp('pwd')).status, 0, 'a key');
		const elsewhere = ['-b', '/dev/null', '-o', 'BindAddress=127.0.0.3', 'tancopy@127.0.0.1'];
		t.is((await served.run('sftp', elsewhere, {by: 'password', password})).status, 0);
	},
);

test('queries about an acceptable key are answered 1,024 times on a connection', async t => {
	const served = await servedAppliance(t);
	const key = ssh2.utils.parseKey(await readFile(path.join(served.home, 'id.pub'))) as ParsedKey;
	let answered = 0;
	const agent = new (class extends ssh2.BaseAgent {
		getIdentities(done: (error: undefined, keys: ParsedKey[]) => void) {
			done(undefined, [key]);
		}

		/** Called for each answer that the key would do. Instead of signing, it asks again. */
		override sign() {
			answered++;
			const {_protocol: protocol} = client as unknown as {_protocol: {authPK(user: string, key: ParsedKey): void}};
			protocol.authPK('tanadmin', key);
		}
	})();
	const client = rawClient(t, served, {username: 'tanadmin', agent, authHandler: ['agent'], readyTimeout: 0});
	t.is(await outcomeOf(client), 'closed');
	t.is(answered, 1024);
});
