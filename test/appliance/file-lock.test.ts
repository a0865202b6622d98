import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, chown, link, lstat, readdir, readFile, readlink, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {isLocked, tryLock, waitForLock} from '../../src/appliance/file-lock.js';
import {emptyFolder, modeOf} from './folder.js';
import {lockingProcess} from './locking-process.js';

async function lockFileName(t: ExecutionContext): Promise<string> {
	return path.join(await emptyFolder(t), 'a b%?#.lock');
}

const text = (value: string) => JSON.stringify(value);

/** A process that holds the lock of this file. */
async function holderOf(t: ExecutionContext, file: string, through: readonly string[] = []) {
	const holder = lockingProcess(t, `await tryLock(${text(file)}); process.stdin.resume(); tell('held');`, through);
	t.is(await holder.next(), 'held');
	return holder;
}

/** How often this process has a file open. */
async function descriptorsOf(file: string): Promise<number> {
	const names = await readdir('/proc/self/fd');
	const files = await Promise.all(names.map(async name => readlink(`/proc/self/fd/${name}`).catch(() => '')));
	return files.filter(open => open === file).length;
}

test('a lock is an empty file of mode 0600, and nothing lies beside it', async t => {
	const file = await lockFileName(t);
	await using lock = await tryLock(file);
	t.truthy(lock);
	t.deepEqual(await readdir(path.dirname(file)), [path.basename(file)]);
	t.is(await modeOf(file), '0600');
	t.is((await lstat(file)).size, 0);
});

test('two holders in one process exclude each other, also through a second name of the file', async t => {
	const file = await lockFileName(t);
	const lock = await tryLock(file);
	await link(file, `${file}.other`);
	t.is(await tryLock(file), undefined);
	t.is(await tryLock(`${file}.other`), undefined);
	t.true(await isLocked(file));
	await lock![Symbol.asyncDispose]();
	t.false(await isLocked(file));
	await using again = await tryLock(file);
	await lock![Symbol.asyncDispose]();
	t.truthy(again);
	t.true(await isLocked(file), 'giving the first one up twice does not end the second');
});

test('attempts that fail leave no descriptor open, and do not end the lock', async t => {
	const file = await lockFileName(t);
	const holder = await holderOf(t, file);
	for (let attempt = 0; attempt < 50; attempt++) {
		t.is(await tryLock(file), undefined);
	}

	t.is(await descriptorsOf(file), 0);
	await holder.kill();
	await using own = await tryLock(file);
	t.truthy(own);
	for (let attempt = 0; attempt < 50; attempt++) {
		t.is(await tryLock(file), undefined);
	}

	t.is(await descriptorsOf(file), 1);
	const other = lockingProcess(t, `tell((await tryLock(${text(file)})) === undefined);`);
	t.is(await other.next(), 'true', 'the lock still counts in another process');
});

test('of many processes that ask at once, one gets the lock', async t => {
	const file = await lockFileName(t);
	const script = `
		tell('ready');
		await new Promise(resolve => process.stdin.once('data', resolve));
		tell((await tryLock(${text(file)})) !== undefined);
	`;
	const all = Array.from({length: 4}, () => lockingProcess(t, script));
	await Promise.all(all.map(async ({next}) => next()));
	const answers = all.map(async ({next}) => next());
	for (const {child} of all) {
		child.stdin!.write('go');
	}

	t.deepEqual((await Promise.all(answers)).toSorted(), ['false', 'false', 'false', 'true']);
});

test('a lock dies with its holder', async t => {
	const file = await lockFileName(t);
	const holder = await holderOf(t, file);
	t.true(await isLocked(file));
	await holder.kill();
	await using lock = await tryLock(file);
	t.truthy(lock);
});

test('a process that the holder has started does not keep the lock when the holder is killed', async t => {
	const file = await lockFileName(t);
	const script = `
		await tryLock(${text(file)});
		const {spawn} = await import('node:child_process');
		const child = spawn('sleep', ['60'], {detached: true, stdio: 'ignore'});
		process.stdin.resume();
		child.once('spawn', () => tell(child.pid));
	`;
	const holder = lockingProcess(t, script);
	const pid = Number(await holder.next());
	t.teardown(() => process.kill(pid, 'SIGKILL'));
	t.true(await isLocked(file));
	await holder.kill();
	t.is(process.kill(pid, 0), true);
	await using lock = await tryLock(file);
	t.truthy(lock);
});

test('a process that the holder starts and that ends does not end the lock', async t => {
	const file = await lockFileName(t);
	await using lock = await tryLock(file);
	t.truthy(lock);
	await once(spawn('cat', [file], {stdio: 'ignore'}), 'exit');
	const other = lockingProcess(t, `tell((await tryLock(${text(file)})) === undefined);`);
	t.is(await other.next(), 'true');
});

test('two processes that wait for the same lock have it one after the other, and both come to their end', async t => {
	const file = await lockFileName(t);
	const counter = path.join(path.dirname(file), 'counter');
	await writeFile(counter, '0');
	const script = `
		for (let turn = 0; turn < 200; turn++) {
			await using lock = await waitForLock(${text(file)}, 60_000);
			const before = Number(fs.readFileSync(${text(counter)}, 'utf8'));
			await new Promise(setImmediate);
			fs.writeFileSync(${text(counter)}, String(before + 1));
		}
	`;
	const all = [lockingProcess(t, script), lockingProcess(t, script)];
	const codes = await Promise.all(all.map(async ({child}) => once(child, 'exit')));
	t.deepEqual(codes, [
		[0, null],
		[0, null],
	]);
	t.is(await readFile(counter, 'utf8'), '400');
});

test('whoever waits gets the lock when it is given up, and is told when it is not', async t => {
	const file = await lockFileName(t);
	const lock = await tryLock(file);
	await t.throwsAsync(waitForLock(file, 20), {code: 'lock-timeout', message: `${file} was locked by another session for 0.02 seconds.`});
	const waiting = waitForLock(file, 60_000);
	await lock![Symbol.asyncDispose]();
	await using taken = await waiting;
	t.truthy(taken);
});

test('where not a byte can be written, an existing file is locked all the same', async t => {
	const file = await lockFileName(t);
	await writeFile(file, '', {mode: 0o600});
	await holderOf(t, file, ['sh', '-c', 'ulimit -f 0; exec "$@"', 'sh']);
	t.true(await isLocked(file));
});

test('a file that others can open, a link and a folder are refused, and so is what is no lock file', async t => {
	const file = await lockFileName(t);
	await writeFile(file, '', {mode: 0o600});
	await chmod(file, 0o640);
	await t.throwsAsync(tryLock(file), {code: 'not-private', message: `${file} has mode 0640: other users can open it.`});
	await symlink(file, `${file}.link`);
	await t.throwsAsync(tryLock(`${file}.link`), {code: 'not-private', message: `${file}.link is a symbolic link.`});
	await symlink('/nonexistent', `${file}.nowhere`);
	await t.throwsAsync(tryLock(`${file}.nowhere`), {code: 'not-private'});
	await t.throwsAsync(tryLock(path.dirname(file)), {code: 'not-private', message: `${path.dirname(file)} is not a regular file.`});
	await writeFile(`${file}.text`, 'anything else\n'.repeat(100), {mode: 0o600});
	await t.throwsAsync(tryLock(`${file}.text`), {code: 'lock-failed', message: `${file}.text cannot be locked: file is not a database.`});
	await t.throwsAsync(tryLock('/nonexistent/file.lock'), {code: 'ENOENT'});
});

test("somebody else's file is refused", async t => {
	if (process.geteuid!() !== 0) {
		t.log('not root, so no file can be given to another user');
		t.pass();
		return;
	}

	const file = await lockFileName(t);
	await writeFile(file, '', {mode: 0o600});
	await chown(file, 65_534, 65_534);
	const message = `${file} belongs to the user with the ID 65534, but this command runs as 0.`;
	await t.throwsAsync(tryLock(file), {code: 'not-private', message});
});
