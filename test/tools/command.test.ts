// bin/tanos.js: what it says to an old Node, and where it keeps V8's compile cache.
import {chmod, chown, lchown, lstat, mkdir, readdir, readFile, symlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {transform} from 'esbuild';
import {execa} from 'execa';
import {tanosFile} from '../helpers/appliance.js';
import {temporaryFolder} from '../helpers/sandbox.js';

/** Runs `tanos help`, which ends with writing the cache if there is one. */
async function run(environment: Record<string, string>, options: string[] = []) {
	const {PATH = ''} = process.env;
	return execa(process.execPath, [...options, tanosFile, 'help'], {env: {PATH, ...environment}, extendEnv: false, reject: false});
}

/** Whether a run with this cache folder, as XDG_CACHE_HOME/tanos, keeps anything in it. The run itself must succeed either way. */
async function isUsed(base: string): Promise<boolean> {
	const {exitCode, stderr} = await run({XDG_CACHE_HOME: base});
	if (exitCode !== 0) {
		throw new Error(stderr);
	}

	const entries = await readdir(path.join(base, 'tanos')).catch(() => []);
	return entries.length > 0;
}

test('an old Node can read the command, and is told which Node it needs', async t => {
	const source = await readFile(tanosFile, 'utf8');
	const [untouched, lowered] = await Promise.all(['esnext', 'node14.13'].map(async target => transform(source, {target})));
	t.is(lowered!.code, untouched!.code, 'there is syntax that Node 14 does not know');
	const {exitCode, stderr} = await run({}, [
		'--import',
		'data:text/javascript,Object.defineProperty(process, "versions", {value: {node: "18.20.4"}})',
	]);
	t.is(exitCode, 2);
	t.regex(stderr, /^tanos needs Node 24 or newer, but this is Node 18\.20\.4\. /);
});

test('the compile cache is in a folder that is made for this user alone', async t => {
	const base = path.join(await temporaryFolder(t), 'missing');
	t.true(await isUsed(base));
	const stats = await lstat(path.join(base, 'tanos'));
	t.is(stats.mode & 0o777, 0o700);
	t.is(stats.uid, process.geteuid!());
	t.true(await isUsed(base), 'and is used again');
});

test('without an absolute XDG_CACHE_HOME the compile cache is under ~/.cache', async t => {
	for (const XDG_CACHE_HOME of ['', 'relative']) {
		const HOME = await temporaryFolder(t);
		t.is((await run({HOME, XDG_CACHE_HOME})).exitCode, 0);
		t.true((await readdir(path.join(HOME, '.cache', 'tanos'))).length > 0, XDG_CACHE_HOME);
	}
});

test('without a home there is no compile cache', async t => {
	t.is((await run({HOME: '/nonexistent/home'})).exitCode, 0);
	t.is((await run({HOME: ''})).exitCode, 0);
	t.is((await run({XDG_CACHE_HOME: '/dev/null'})).exitCode, 0);
	t.is((await run({XDG_CACHE_HOME: '/nonexistent/cache'})).exitCode, 0);
	await t.throwsAsync(lstat('/nonexistent'), {code: 'ENOENT'});
});

test('a compile cache folder that others can enter is not used', async t => {
	for (const mode of [0o777, 0o1777, 0o770, 0o707, 0o755, 0o710]) {
		const base = await temporaryFolder(t);
		await mkdir(path.join(base, 'tanos'));
		await chmod(path.join(base, 'tanos'), mode);
		t.false(await isUsed(base), mode.toString(8));
	}
});

test('a compile cache folder that others could replace is not used, nor made', async t => {
	for (const mode of [0o777, 0o770, 0o702]) {
		const folder = await temporaryFolder(t);
		const base = path.join(folder, 'base');
		await mkdir(path.join(base, 'tanos'), {recursive: true, mode: 0o700});
		await chmod(folder, mode);
		t.false(await isUsed(base), mode.toString(8));
		t.false(await isUsed(path.join(folder, 'missing')), mode.toString(8));
		await t.throwsAsync(lstat(path.join(folder, 'missing')), {code: 'ENOENT'});
	}
});

test('others may share a directory with the compile cache folder when it is sticky', async t => {
	const base = await temporaryFolder(t);
	await chmod(base, 0o1777);
	t.true(await isUsed(base));
});

test('a link to a folder is not used as compile cache, but one above it may be a link', async t => {
	const [base, elsewhere, above] = await Promise.all([temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)]);
	await symlink(elsewhere, path.join(base, 'tanos'));
	t.false(await isUsed(base));
	await symlink(elsewhere, path.join(above, 'link'));
	t.true(await isUsed(path.join(above, 'link')));
	const open = await temporaryFolder(t);
	await mkdir(path.join(open, 'base'));
	await chmod(open, 0o777);
	await symlink(path.join(open, 'base'), path.join(above, 'to-open'));
	t.false(await isUsed(path.join(above, 'to-open')));
});

test('a compile cache folder of another user is not used', async t => {
	if (process.geteuid!() !== 0) {
		t.log('not root, so no folder can be given to another user');
		t.pass();
		return;
	}

	const [cache, base, link] = await Promise.all([temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)]);
	await mkdir(path.join(cache, 'tanos'), {mode: 0o700});
	await chown(path.join(cache, 'tanos'), 65_534, 65_534);
	t.false(await isUsed(cache), 'the folder itself');
	await mkdir(path.join(base, 'tanos'), {mode: 0o700});
	await chown(base, 65_534, 65_534);
	t.false(await isUsed(base), 'the one above it');
	t.false(await isUsed(path.join(base, 'missing')), 'one that is missing in it');
	await t.throwsAsync(lstat(path.join(base, 'missing')), {code: 'ENOENT'}, 'nor is it made there');
	const target = await temporaryFolder(t);
	await symlink(target, path.join(link, 'theirs'));
	await lchown(path.join(link, 'theirs'), 65_534, 65_534);
	t.false(await isUsed(path.join(link, 'theirs')), 'a link of theirs');
});
