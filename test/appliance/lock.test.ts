import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {symlink} from 'node:fs/promises';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {lockFile, lockInstallation} from '../../src/appliance/lock.js';
import {Problem} from '../../src/problem.js';
import {emptyLayout} from './folder.js';

const locked = {instanceOf: Problem, message: "Another session is changing this appliance's certificate right now."};

/** A process that takes the lock of this appliance and does what the script says. Resolves when it has done both. */
async function holder(t: ExecutionContext, {root}: Layout, then: string): Promise<ChildProcess> {
	const module = (name: string) => JSON.stringify(new URL(`../../src/appliance/${name}.js`, import.meta.url).href);
	const script = `
		const {lockFile, lockInstallation} = await import(${module('lock')});
		const {layoutOf} = await import(${module('layout')});
		await lockInstallation(layoutOf(${JSON.stringify(root)}));
		${then}
		process.stdout.write('held');
	`;
	const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {stdio: ['pipe', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	await once(child.stdout, 'data');
	return child;
}

test('a second holder is refused, and told what to do', async t => {
	const layout = await emptyLayout(t);
	await using _lock = await lockInstallation(layout);
	const problem = await t.throwsAsync<Problem>(lockInstallation(layout), locked);
	t.is(problem.code, 'locked');
	t.true(problem.hint.startsWith('Wait until it has ended'));
});

test('a lock that was given up can be taken again', async t => {
	const layout = await emptyLayout(t);
	for (let round = 0; round < 3; round++) {
		await using _lock = await lockInstallation(layout);
		await t.throwsAsync(lockInstallation(layout), locked);
	}
});

test('of many who ask at once, one gets the lock', async t => {
	const layout = await emptyLayout(t);
	const asked = await Promise.allSettled(Array.from({length: 10}, async () => lockInstallation(layout)));
	const held = asked.filter(({status}) => status === 'fulfilled') as Array<PromiseFulfilledResult<AsyncDisposable>>;
	t.is(held.length, 1);
	await held[0]!.value[Symbol.asyncDispose]();
});

test('another appliance has another lock', async t => {
	await using _one = await lockInstallation(await emptyLayout(t));
	await using _two = await lockInstallation(await emptyLayout(t));
	t.pass();
});

test("the lock is the appliance's, whichever path leads to it", async t => {
	const layout = await emptyLayout(t);
	const other = await emptyLayout(t);
	await symlink(layout.root, `${other.root}/link`);
	await using _lock = await lockInstallation(layout);
	await t.throwsAsync(lockInstallation(layoutOf(`${other.root}/link`)), locked);
});

test('the lock of another process counts, and is free once that process was killed', async t => {
	const layout = await emptyLayout(t);
	const child = await holder(t, layout, 'process.stdin.resume();');
	await t.throwsAsync(lockInstallation(layout), locked);
	child.kill('SIGKILL');
	await once(child, 'exit');
	await using _lock = await lockInstallation(layout);
	t.is(child.signalCode, 'SIGKILL');
});

test('holding the lock keeps no process alive', async t => {
	const layout = await emptyLayout(t);
	const child = await holder(t, layout, '');
	const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode];
	t.is(code, 0);
	await using _lock = await lockInstallation(layout);
});

test('everybody who waits for the accounts has them alone, one after the other', async t => {
	const {root} = await emptyLayout(t);
	let holders = 0;
	let turns = 0;
	await Promise.all(
		Array.from({length: 10}, async () => {
			await using _lock = await lockFile(`${root}/accounts.json`);
			holders++;
			await new Promise(setImmediate);
			t.is(holders, 1);
			holders--;
			turns++;
		}),
	);
	t.is(turns, 10);
});

test('whoever waits for the accounts gets them when their holder is killed', async t => {
	const layout = await emptyLayout(t);
	const file = `${layout.root}/accounts.json`;
	const child = await holder(t, layout, `await lockFile(${JSON.stringify(file)}); process.stdin.resume();`);
	let isTaken = false;
	const taken = lockFile(file).then(lock => {
		isTaken = true;
		return lock;
	});
	await t.throwsAsync(lockInstallation(layout), locked);
	t.false(isTaken);
	child.kill('SIGKILL');
	await using _lock = await taken;
	t.true(isTaken);
});
