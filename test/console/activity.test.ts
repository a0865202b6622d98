import test from 'ava';
import {Activity} from '../../src/console/activity.js';

test('it is idle when no work was started', async t => {
	const activity = new Activity();
	t.true(activity.idle);
	await activity.untilIdle();
	t.pass();
});

test('it is idle again only when all work has ended', t => {
	const activity = new Activity();
	const ends = [activity.begin(), activity.begin()];
	ends[0]!();
	t.false(activity.idle);
	ends[1]!();
	t.true(activity.idle);
});

test('ending work twice counts once', t => {
	const activity = new Activity();
	const end = activity.begin();
	activity.begin();
	end();
	end();
	t.false(activity.idle);
});

test('all waiting callers are resumed, in order', async t => {
	const activity = new Activity();
	const end = activity.begin();
	const told: number[] = [];
	const waiting = [1, 2, 3].map(async who => {
		await activity.untilIdle();
		told.push(who);
	});
	t.deepEqual(told, []);
	end();
	await Promise.all(waiting);
	t.deepEqual(told, [1, 2, 3]);
});

test('work counts until it settles, and its result or its error passes through', async t => {
	const activity = new Activity();
	const work = Promise.withResolvers<string>();
	const done = activity.during(async () => work.promise);
	t.false(activity.idle);
	work.resolve('result');
	t.is(await done, 'result');
	t.true(activity.idle);
	await t.throwsAsync(
		activity.during(async () => {
			throw new Error('broken');
		}),
		{message: 'broken'},
	);
	t.true(activity.idle);
});

test('work that throws synchronously is no longer counted', async t => {
	const activity = new Activity();
	await t.throwsAsync(
		activity.during(() => {
			throw new Error('at once');
		}),
		{message: 'at once'},
	);
	t.true(activity.idle);
});
