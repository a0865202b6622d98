import {once} from 'node:events';
import {chmod, chown, lstat, mkdir, readdir, readFile, rename, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {layoutOf, type Layout} from '../../src/appliance/layout.js';
import {isHeld, lockFile, lockInstallation, lockPorts} from '../../src/appliance/lock.js';
import {Problem} from '../../src/problem.js';
import {emptyFolder, emptyLayout, modeOf} from './folder.js';
import {lockingProcess, type LockingProcess} from './locking-process.js';

const locked = {instanceOf: Problem, message: "Another session is changing this appliance's certificate right now."};

/** A process that holds the installation lock of this appliance, and does what the script says. Resolves when it has done both. */
async function holder(t: ExecutionContext, {root}: Layout, then: string): Promise<LockingProcess> {
	const script = `
		const layout = layoutOf(${JSON.stringify(root)});
		await lockInstallation(layout);
		${then}
		tell('held');
	`;
	const holding = lockingProcess(t, script);
	t.is(await holding.next(), 'held');
	return holding;
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
	const holding = await holder(t, layout, 'process.stdin.resume();');
	await t.throwsAsync(lockInstallation(layout), locked);
	await holding.kill();
	await using _lock = await lockInstallation(layout);
	t.is(holding.child.signalCode, 'SIGKILL');
});

test('holding the lock keeps no process alive', async t => {
	const layout = await emptyLayout(t);
	const {child} = await holder(t, layout, '');
	const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode];
	t.is(code, 0);
	await using _lock = await lockInstallation(layout);
});

test('everybody who waits for the accounts has them alone, one after the other', async t => {
	const layout = await emptyLayout(t);
	let holders = 0;
	let turns = 0;
	await Promise.all(
		Array.from({length: 10}, async () => {
			await using _lock = await lockFile(layout, layout.accounts);
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
	const holding = await holder(t, layout, 'await lockFile(layout, layout.accounts); process.stdin.resume();');
	let isTaken = false;
	const taken = lockFile(layout, layout.accounts).then(lock => {
		isTaken = true;
		return lock;
	});
	await t.throwsAsync(lockInstallation(layout), locked);
	t.false(isTaken);
	await holding.kill();
	await using _lock = await taken;
	t.true(isTaken);
});

test('the locks are in a folder for the owner alone, which is made when an earlier release has not made it', async t => {
	const layout = await emptyLayout(t);
	t.false(await isHeld(layout, 'installation'));
	t.deepEqual(await readdir(layout.locks), [], 'looking creates no lock');
	await using _installation = await lockInstallation(layout);
	await using _accounts = await lockFile(layout, layout.accounts);
	t.is(await modeOf(layout.locks), '0700');
	t.deepEqual((await readdir(layout.locks)).toSorted(), ['etc-tanos-accounts.json.lock', 'installation.lock']);
	t.is(await modeOf(path.join(layout.locks, 'installation.lock')), '0600');
	t.true(await isHeld(layout, 'installation'));
});

test('a folder of locks that others can enter, or a link to one, is refused with what to do', async t => {
	const layout = await emptyLayout(t);
	await mkdir(layout.locks, {recursive: true});
	await chmod(layout.locks, 0o710);
	const problem = await t.throwsAsync<Problem>(lockInstallation(layout), {
		instanceOf: Problem,
		message: `${layout.locks} has mode 0710: other users can open it.`,
	});
	t.is(problem.hint, `Take their permissions away: chmod go= ${layout.locks}`);
	await chmod(layout.locks, 0o700);
	await rename(layout.locks, `${layout.locks}.real`);
	await symlink(`${layout.locks}.real`, layout.locks);
	await t.throwsAsync(lockInstallation(layout), {message: `${layout.locks} is a symbolic link.`});
	t.deepEqual(await readdir(`${layout.locks}.real`), []);
});

test("the lock of the ports is in the user's own folder, and none is made for a user without a home", async t => {
	const {XDG_CACHE_HOME, HOME} = process.env;
	t.teardown(() => Object.assign(process.env, {XDG_CACHE_HOME: XDG_CACHE_HOME ?? '', HOME}));
	const base = path.join(await emptyFolder(t), 'cache');
	const folder = path.join(base, 'tanos');
	process.env['XDG_CACHE_HOME'] = base;
	{
		await using lock = await lockPorts();
		t.truthy(lock);
		t.is(await modeOf(folder), '0700');
		t.is((await lstat(path.join(folder, 'ports.lock'))).size, 0);
		const other = lockingProcess(t, `tell((await tryLock(${JSON.stringify(path.join(folder, 'ports.lock'))})) === undefined);`);
		t.is(await other.next(), 'true');
	}

	await chmod(folder, 0o755);
	await t.throwsAsync(lockPorts(), {code: 'not-private'});
	process.env['XDG_CACHE_HOME'] = '';
	process.env['HOME'] = '/nonexistent/home';
	t.is(await lockPorts(), undefined);
	process.env['HOME'] = '';
	t.is(await lockPorts(), undefined);
	const file = path.join(await emptyFolder(t), 'file');
	await writeFile(file, '');
	process.env['XDG_CACHE_HOME'] = file;
	t.is(await lockPorts(), undefined);
});

/** Whether there can be another user in this test; says why not. */
function isRoot(t: ExecutionContext): boolean {
	const {geteuid} = process;
	if (geteuid!() !== 0) {
		t.log('not root, so there is no other user to be');
		t.pass();
	}

	return geteuid!() === 0;
}

/** Tries these expressions as another user. Resolves with how each ends: `done`, or the code of its error. */
async function asAnotherUser(t: ExecutionContext, attempts: Record<string, string>): Promise<Record<string, string>> {
	const list = Object.entries(attempts).map(([name, expression]) => `[${JSON.stringify(name)}, async () => ${expression}]`);
	const script = `
		const {DatabaseSync} = process.getBuiltinModule('node:sqlite');
		process.setgroups([]);
		process.setgid(65534);
		process.setuid(65534);
		const ends = {};
		for (const [name, attempt] of [${list.join(', ')}]) {
			ends[name] = await attempt().then(() => 'done', error => error.code);
		}

		tell(JSON.stringify(ends));
	`;
	return JSON.parse(await lockingProcess(t, script).next()) as Record<string, string>;
}

test('another user can neither see, hold nor remove a lock, nor occupy the name of one', async t => {
	if (!isRoot(t)) {
		return;
	}

	const layout = await emptyLayout(t);
	await using _lock = await lockInstallation(layout);
	for (let folder = layout.state; folder !== path.dirname(layout.root); folder = path.dirname(folder)) {
		await chmod(folder, 0o755); // The folder of the locks has to protect them by itself.
	}

	const quoted = (name: string) => JSON.stringify(path.join(layout.locks, name));
	const ends = await asAnotherUser(t, {
		'reach the appliance': `fs.readdirSync(${JSON.stringify(layout.state)})`,
		list: `fs.readdirSync(${JSON.stringify(layout.locks)})`,
		open: `fs.openSync(${quoted('installation.lock')}, 'r')`,
		hold: `new DatabaseSync(${quoted('installation.lock')}).exec('BEGIN EXCLUSIVE')`,
		remove: `fs.unlinkSync(${quoted('installation.lock')})`,
		occupy: `fs.openSync(${quoted('etc-tanos-accounts.json.lock')}, 'wx')`,
		replace: `fs.renameSync(${JSON.stringify(layout.locks)}, ${JSON.stringify(`${layout.locks}.away`)})`,
		'ask for it': `lockInstallation(layoutOf(${JSON.stringify(layout.root)}))`,
	});
	t.deepEqual(ends, {
		'reach the appliance': 'done',
		list: 'EACCES',
		open: 'EACCES',
		hold: 'ERR_SQLITE_ERROR',
		remove: 'EACCES',
		occupy: 'EACCES',
		replace: 'EACCES',
		'ask for it': 'not-private',
	});
	const {ino} = await lstat(layout.root);
	t.notRegex(await readFile('/proc/net/unix', 'utf8'), new RegExp(`@\\S*(?:installation|accounts)\\S*\\b${ino}\\b`));
	await using _accounts = await lockFile(layout, layout.accounts);
});

test('a folder of locks that another user has made is refused', async t => {
	if (!isRoot(t)) {
		return;
	}

	const layout = await emptyLayout(t);
	await mkdir(layout.locks, {recursive: true, mode: 0o700});
	await chown(layout.locks, 65_534, 65_534);
	const message = `${layout.locks} belongs to the user with the ID 65534, but this command runs as 0.`;
	await t.throwsAsync(lockInstallation(layout), {message});
	t.deepEqual(await readdir(layout.locks), []);
});
