import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import test from 'ava';
import {takeTurn} from '../../src/services/turn.js';

const turnModule = new URL('../../src/services/turn.js', import.meta.url).href;

test('whoever comes second waits until the first has given its turn up', async t => {
	const name = randomUUID();
	const events: string[] = [];
	const first = await takeTurn(name);
	const second = takeTurn(name).then(turn => {
		events.push('second');
		return turn;
	});
	await using other = await takeTurn(randomUUID());
	t.truthy(other);
	events.push('first done');
	await first[Symbol.asyncDispose]();
	await (await second)[Symbol.asyncDispose]();
	t.deepEqual(events, ['first done', 'second']);
});

test('ten that come at once are never in their turn together', async t => {
	const name = randomUUID();
	let inside = 0;
	let most = 0;
	await Promise.all(Array.from({length: 10}, async () => {
		await using _turn = await takeTurn(name);
		most = Math.max(most, ++inside);
		await new Promise(resolve => {
			setImmediate(resolve);
		});
		inside--;
	}));
	t.is(most, 1);
});

test('a holder that is killed gives its turn up', async t => {
	const name = randomUUID();
	const holder = spawn(process.execPath, ['--input-type=module', '-e', `
		const {takeTurn} = await import(${JSON.stringify(turnModule)});
		await takeTurn(${JSON.stringify(name)});
		process.stdout.write('held');
	`], {stdio: ['ignore', 'pipe', 'inherit']});
	await once(holder.stdout, 'data');
	const waiting = takeTurn(name);
	holder.kill('SIGKILL');
	await using turn = await waiting;
	t.truthy(turn);
});
