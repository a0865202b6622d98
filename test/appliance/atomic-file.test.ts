import {mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createFile, replaceFile, syncFolder} from '../../src/appliance/atomic-file.js';
import {emptyFolder, modeOf} from './folder.js';

test('a new file has the given content and mode, whatever the umask', async t => {
	const folder = await emptyFolder(t);
	const before = process.umask(0o077);
	t.teardown(() => process.umask(before));
	for (const [name, mode] of [
		['a', 0o644],
		['b', 0o600],
		['c', 0o666],
	] as const) {
		await createFile(path.join(folder, name), Buffer.from([0, 255]), mode);
		t.is(await modeOf(path.join(folder, name)), `0${mode.toString(8)}`);
		t.deepEqual(await readFile(path.join(folder, name)), Buffer.from([0, 255]));
	}
});

test('an existing file is not overwritten', async t => {
	const file = path.join(await emptyFolder(t), 'file');
	await writeFile(file, 'old');
	await t.throwsAsync(createFile(file, 'new', 0o600), {code: 'EEXIST'});
	t.is(await readFile(file, 'utf8'), 'old');
});

test('a symbolic link is not followed, even a dangling one', async t => {
	const folder = await emptyFolder(t);
	await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'link'));
	await t.throwsAsync(createFile(path.join(folder, 'link'), 'new', 0o600), {code: 'EEXIST'});
	t.deepEqual(await readdir(folder), ['link']);
});

test('replacing a file creates a new file with the new content and mode', async t => {
	const file = path.join(await emptyFolder(t), 'file');
	await writeFile(file, 'a long old content', {mode: 0o644});
	const before = await stat(file);
	await replaceFile(file, 'new', 0o600);
	t.is(await readFile(file, 'utf8'), 'new');
	t.is(await modeOf(file), '0600');
	t.not((await stat(file)).ino, before.ino);
});

test('replacing a symbolic link replaces the link and not its target', async t => {
	const folder = await emptyFolder(t);
	await writeFile(path.join(folder, 'target'), 'target');
	await symlink('target', path.join(folder, 'link'));
	await replaceFile(path.join(folder, 'link'), 'new', 0o600);
	t.is(await readFile(path.join(folder, 'target'), 'utf8'), 'target');
	t.is(await readFile(path.join(folder, 'link'), 'utf8'), 'new');
});

test('a folder of the same name is kept, and no temporary file is left', async t => {
	const folder = await emptyFolder(t);
	await mkdir(path.join(folder, 'file'));
	await t.throwsAsync(replaceFile(path.join(folder, 'file'), 'new', 0o600), {code: 'EISDIR'});
	t.deepEqual(await readdir(folder), ['file']);
});

/** Content of which a part is written before it fails, as on a full disk. */
function failingContent(): string {
	const parts = function* () {
		yield 'a part';
		throw new Error('no more space');
	};

	// A FileHandle writes whatever can be iterated; the promise of this project's function is narrower.
	return parts() as unknown as string;
}

test('a write that fails leaves the old content and no partial file', async t => {
	const folder = await emptyFolder(t);
	const file = path.join(folder, 'file');
	await writeFile(file, 'old');
	await t.throwsAsync(replaceFile(file, failingContent(), 0o600), {message: 'no more space'});
	t.is(await readFile(file, 'utf8'), 'old');
	t.deepEqual(await readdir(folder), ['file']);
});

test('a new file whose write fails is removed', async t => {
	const folder = await emptyFolder(t);
	await t.throwsAsync(createFile(path.join(folder, 'file'), failingContent(), 0o600), {message: 'no more space'});
	t.deepEqual(await readdir(folder), []);
});

test("a missing folder rejects with the system's error", async t => {
	const folder = await emptyFolder(t);
	await t.throwsAsync(replaceFile(path.join(folder, 'none', 'file'), 'new', 0o600), {code: 'ENOENT'});
	await t.throwsAsync(syncFolder(path.join(folder, 'none')), {code: 'ENOENT'});
});

test('concurrent replacements leave the complete content of one of them', async t => {
	const folder = await emptyFolder(t);
	const file = path.join(folder, 'file');
	const contents = Array.from({length: 20}, (_, number) => `${number} `.repeat(20_000));
	await Promise.all(contents.map(async content => replaceFile(file, content, 0o600)));
	t.true(contents.includes(await readFile(file, 'utf8')));
	t.deepEqual(await readdir(folder), ['file']);
});
